// How jemalloc, which serves malloc() in the program, is to work. Paho's threads free what ours
// allocated and the other way round, a dozen times a command: with the C library's allocator an
// eighth of all commands a second went into that. MALLOC_CONF in the environment overrides each.
//
// One arena: three threads do not contend, and eight (its default here) took half as much memory
// again with a thousand cameras. Half a second until what is free goes back to the system. Pictures
// stay in the threads' caches (128 KiB instead of 32), four of a size and not twenty: without, each
// is made of pages that the system has to clear first, and 800 a second come where the C library's
// gave 1,300; with twenty 2 MB of them stay.
extern "C" {
// The name and the type are jemalloc's.
extern const char* malloc_conf;
const char* malloc_conf =
    "narenas:1,tcache_max:131072,tcache_nslots_large:4,tcache_nslots_small_max:40,"
    "dirty_decay_ms:500,muzzy_decay_ms:0";
}
