// Fetching memory into the cache before it is needed.
#pragma once

namespace whydown::base {

// g++ takes a function that does nothing but fetch ahead for one without effect, and drops calls of
// it that it does not inline. The empty volatile statement is the effect.
inline void prefetch(const void* memory) {
  __builtin_prefetch(memory, 1);
  asm volatile("" : : "r"(memory));
}

}  // namespace whydown::base
