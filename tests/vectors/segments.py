"""How many SMS parts a text is, as smsutil splits it: texts of many locales, and texts around the ends of parts."""

import smsutil

import versions

APP, CODE, MINUTES = "Countersign", "123456", "10"

TEMPLATES = {
    "en": "{{ code }} is your {{ app }} code. It is valid for {{ minutes }} minutes. Never share it.",
    "de": "{{ code }} ist Ihr Code für {{ app }}. Er gilt {{ minutes }} Minuten. Geben Sie ihn niemandem weiter, auch nicht größeren Stellen.",
    "fr": "{{ code }} est votre code {{ app }}. Il est valable {{ minutes }} minutes. Ne le communiquez à personne, même reçu par erreur.",
    "fr-CA": "Votre code {{ app }} : {{ code }}. Gardez-le secret ; n’écrivez à personne ce code reçu aujourd’hui.",
    "es": "{{ code }} es tu código de {{ app }}. ¡Caduca en {{ minutes }} minutos! No lo compartas con nadie.",
    "pt-BR": "{{ code }} é seu código de verificação do {{ app }}. Não o compartilhe. Válido por {{ minutes }} minutos.",
    "it": "{{ code }} è il tuo codice {{ app }}. Scade tra {{ minutes }} minuti. [Non rispondere] ~ {{ app }}",
    "pl": "{{ code }} to Twój kod {{ app }}. Ważny {{ minutes }} minut. Nikomu go nie podawaj.",
    "cs": "{{ code }} je váš kód pro {{ app }}. Platí {{ minutes }} minut. Nikomu jej nesdělujte, ani našim pracovníkům.",
    "tr": "{{ code }}, {{ app }} kodunuz. {{ minutes }} dakika geçerlidir. Kimseyle paylaşmayın.",
    "el": "{{ code }} είναι ο κωδικός σας για το {{ app }}. Ισχύει για {{ minutes }} λεπτά.",
    "ru": "{{ code }} — ваш код {{ app }}. Действует {{ minutes }} минут. Никому его не сообщайте.",
    "uk": "{{ code }} — ваш код {{ app }}.",
    "ar": "{{ code }} هو رمز {{ app }} الخاص بك. صالح لمدة {{ minutes }} دقائق. لا تشاركه مع أحد.",
    "he": "{{ code }} הוא הקוד שלך עבור {{ app }}.",
    "hi": "{{ code }} आपका {{ app }} कोड है। यह {{ minutes }} मिनट तक मान्य है। इसे किसी से साझा न करें।",
    "zh-Hans": "【{{ app }}】您的验证码为 {{ code }}，{{ minutes }} 分钟内有效，请勿泄露。",
    "zh-Hant": "【{{ app }}】您的驗證碼為 {{ code }}，{{ minutes }} 分鐘內有效，請勿外洩。",
    "ja": "{{ app }}の確認コードは{{ code }}です。{{ minutes }}分間有効です。他人に教えないでください。",
    "ko": "[{{ app }}] 인증번호는 {{ code }}입니다. {{ minutes }}분 안에 입력해 주세요. 타인에게 알려주지 마세요.",
    "th": "{{ code }} คือรหัส {{ app }} ของคุณ มีอายุ {{ minutes }} นาที ห้ามเปิดเผยรหัสนี้กับผู้อื่น",
    "vi": "{{ code }} là mã {{ app }} của bạn. Mã có hiệu lực trong {{ minutes }} phút. Không chia sẻ mã.",
}


def rendered(template):
    return template.replace("{{ code }}", CODE).replace("{{ app }}", APP).replace("{{ minutes }}", MINUTES)


def counted(text):
    split = smsutil.split(text)
    per_unit = 1 if split.encoding == "gsm0338" else 2
    return {
        "text": text,
        "encoding": "GSM-7" if split.encoding == "gsm0338" else "UCS-2",
        "characters": split.total_length,
        "units": split.total_bytes // per_unit,
        "segments": len(split.parts),
    }


def edges():
    """Around each end of a part, with what must not be torn on either side of it."""
    texts = []
    for end in (160, 153, 306, 459):
        for last in ("a", "€", "{", "\n"):
            texts += ["a" * (end + more) + last for more in (-3, -2, -1, 0, 1)]
    for end in (70, 67, 134, 201):
        for last in ("ж", "🔑", "’"):
            texts += ["ж" * (end + more) + last for more in (-3, -2, -1, 0, 1)]
    texts += ["€" * n for n in (76, 77, 80, 81, 152, 153, 228, 229)]
    texts += ["🔑" * n for n in (33, 34, 35, 36, 66, 67, 99, 100)]
    texts += ["a" * 159 + "’", "aé", "ça va", "Ça va", "@_^|~\\[]{}€", "ΔΦΓΛΩΠΨΣΘΞ", "ΑΒΕ", "Ğ", "`", "\t"]
    return texts


def segments():
    locales = [{"locale": tag, "template": text, **counted(rendered(text))} for tag, text in TEMPLATES.items()]
    return {
        "made_by": f"smsutil {versions.of('smsutil')}",
        "app": APP,
        "locales": locales,
        "edges": [counted(text) for text in edges()],
    }


VECTORS = {"segments": segments}
