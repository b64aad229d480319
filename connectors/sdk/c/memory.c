// Memory that is taken and never given back: an instance serves one call and is dropped after it, so a pointer that
// moves forward is all the allocator there has to be. It grows the memory itself and leaves the heap to malloc, for an
// author who uses it.

#include "bytes.h"

enum { PAGE = 65536, ALIGN = 8 };

static uintptr_t next, end;

static void grow(size_t size) {
    const size_t pages = (size + PAGE - 1) / PAGE;
    const size_t before = __builtin_wasm_memory_grow(0, pages);
    if (before == SIZE_MAX) {
        // The manifest's memory_mib is used up: the host ends the call, and knows what was sent.
        __builtin_trap();
    }
    // Somebody else may have grown it in between: then what was left is lost.
    if (before * PAGE != end) {
        next = before * PAGE;
    }
    end = (before + pages) * PAGE;
}

static void *take(size_t size, size_t align) {
    if (size > SIZE_MAX - PAGE - align) {
        __builtin_trap();
    }
    uintptr_t start = (next + align - 1) & ~(uintptr_t)(align - 1);
    if (end < start || end - start < size) {
        grow(size + align);
        start = (next + align - 1) & ~(uintptr_t)(align - 1);
    }
    next = start + size;
    return (void *)start;
}

void *cs_alloc(size_t size) {
    return take(size, ALIGN);
}

// By this the host puts what it passes into our memory.
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size);
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
    if (size <= old_size && old_size > 0) {
        return old;
    }
    char *made = take(size, align);
    cs_copy(made, old, old_size);
    return made;
}
