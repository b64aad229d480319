//! A SOAP service behind WS-Security: UsernameToken with a password digest.
//! <https://docs.oasis-open.org/wss/v1.1/wss-v1.1-spec-os-UsernameTokenProfile.pdf>

use countersign_sdk::encoding::base64;
use countersign_sdk::{Call, Failure, Message, Moment, Request, signing};

use crate::Config;

const WSS: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";

pub(crate) fn request(call: &Call, config: &Config, message: &Message) -> Result<Request, Failure> {
    let (nonce, created) = (base64(&call.nonce), Moment::of(call).iso8601());
    let marker = signing::digest("wsse", &[("nonce", &nonce), ("created", &created)])?;
    let user = escape(config.text("username")?);
    let (to, text) = (escape(&message.to), escape(&message.text));
    let token = format!(
        "<wsse:UsernameToken><wsse:Username>{user}</wsse:Username>\
         <wsse:Password Type=\"{WSS}-username-token-profile-1.0#PasswordDigest\">{marker}</wsse:Password>\
         <wsse:Nonce EncodingType=\"{WSS}-soap-message-security-1.0#Base64Binary\">{nonce}</wsse:Nonce>\
         <wsu:Created xmlns:wsu=\"{WSS}-wssecurity-utility-1.0.xsd\">{created}</wsu:Created></wsse:UsernameToken>"
    );
    let body = format!(
        "<?xml version='1.0' encoding='utf-8'?>\n\
         <soap-env:Envelope xmlns:soap-env=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap-env:Header>\
         <wsse:Security xmlns:wsse=\"{WSS}-wssecurity-secext-1.0.xsd\">{token}</wsse:Security></soap-env:Header>\
         <soap-env:Body><ns0:Send xmlns:ns0=\"urn:countersign:test\"><ns0:to>{to}</ns0:to>\
         <ns0:text>{text}</ns0:text></ns0:Send></soap-env:Body></soap-env:Envelope>"
    );
    Ok(Request::post("https://soap.example.com/sms")
        .content("text/xml; charset=utf-8", body)
        .header("soapaction", "\"urn:countersign:test#Send\"")
        .credential("wsse"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
