// Reads documents that each end where the process's memory ends: a byte too far is a signal. Prints `1` for each that
// is JSON, `0` for each that is not. What was allocated is watched at both ends.

#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { ROOM = 1 << 21, GUARD = 1 << 16, ARENA = 1 << 25, MARK = 16 };

static unsigned char arena[ARENA];
static size_t taken;

static struct mark {
    size_t at;
} marks[1 << 12];
static size_t marked;

void *cs_alloc(size_t size) {
    if (taken + size + MARK > ARENA || marked == sizeof marks / sizeof *marks) {
        fprintf(stderr, "the reader takes too much memory\n");
        exit(1);
    }
    unsigned char *made = arena + taken;
    memset(made + size, 0xa5, MARK);
    marks[marked++].at = taken + size;
    taken += (size + MARK + 7) & ~(size_t)7;
    return made;
}

static void forget(void) {
    for (size_t i = 0; i < marked; i++) {
        for (size_t at = 0; at < MARK; at++) {
            if (arena[marks[i].at + at] != 0xa5) {
                fprintf(stderr, "something was written behind an allocation\n");
                exit(1);
            }
        }
    }
    taken = marked = 0;
}

static void must(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        exit(1);
    }
}

// A text that was read, written and read again is the same.
static void round_trip(cs_str text) {
    cs_json json = {0};
    cs_open_object(&json, NULL);
    cs_put_bool(&json, "first", true);
    cs_open_array(&json, "list");
    cs_put_text(&json, NULL, text);
    cs_put_number(&json, NULL, UINT64_MAX);
    cs_close_array(&json);
    cs_close_object(&json);
    const cs_value document = cs_parse((cs_str){json.ptr, json.len});
    const cs_option_str again = cs_text_at(document, "/list/0");
    must(cs_true_at(document, "/first") && again.some && again.value.len == text.len, "written JSON is not read");
    must(text.len == 0 || memcmp(again.value.ptr, text.ptr, text.len) == 0, "a text is another after writing");
    must(!cs_at(document, "/list/2").at && !cs_at(document, "list").at && !cs_at(document, "/list/00").at, "found more");
}

static char judge(cs_str text) {
    static const char *const POINTERS[] = {"", "/sid", "/a/5", "/a/1/x", "/a/99999999999", "//b/0", "/~1/~0/m~0n", "/", "/a/-"};
    const cs_value document = cs_parse(text);
    for (size_t i = 0; i < sizeof POINTERS / sizeof *POINTERS; i++) {
        const cs_option_str found = cs_text_at(document, POINTERS[i]);
        cs_number_at(document, POINTERS[i]);
        cs_u32_at(document, POINTERS[i]);
        if (found.some) {
            round_trip(found.value);
        }
    }
    // Whatever bytes a provider sends must be safe to pass on.
    round_trip(cs_utf8(text));
    cs_from_form(text);
    cs_from_base64(text);
    cs_from_hex(text);
    const cs_option_str back = cs_from_base64(cs_base64(text));
    must(back.some && back.value.len == text.len, "base64 does not read back");
    forget();
    return cs_is_there(document) ? '1' : '0';
}

int main(int argc, char **argv) {
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    char *room = mmap(NULL, ROOM + GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(file && room != MAP_FAILED && mprotect(room + ROOM, GUARD, PROT_NONE) == 0, "nothing to read");
    uint32_t len;
    while (fread(&len, sizeof len, 1, file) == 1) {
        must(len <= ROOM && fread(room + ROOM - len, 1, len, file) == len, "the file ends early");
        putchar(judge((cs_str){room + ROOM - len, len}));
    }
    return 0;
}
