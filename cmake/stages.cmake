# How a stage, its tests and its fuzzers are built. A file's name says what it is:
#   NAME.cpp  NAME_test.cpp  NAME_fuzz.cpp  NAME_reference.cpp (oracle, linked into tests only)

add_library(whydown_flags INTERFACE)
target_compile_options(whydown_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                       -Wsign-conversion -Wimplicit-fallthrough -Wnon-virtual-dtor)
target_include_directories(whydown_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
# toml++ and nlohmann-json are system headers here: their warnings are not ours. Nor are those that
# g++ 12 raises inside std::string when it optimises `"text" + string` (GCC bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(whydown_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(WHYDOWN_SANITIZE)
  target_compile_options(whydown_flags INTERFACE -fsanitize=${WHYDOWN_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(whydown_flags INTERFACE -fsanitize=${WHYDOWN_SANITIZE})
endif()
if(WHYDOWN_LIBFUZZER)
  target_compile_options(whydown_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_compile_definitions(whydown_flags INTERFACE WHYDOWN_SMALL_TABLES)
endif()

# What every packet passes. `rep stos` and `rep movs`, which g++ takes for copies of a hundred bytes
# and more, take longer to start than such a copy takes; and fields that were written one by one just
# now make the processor wait when they are read back as one vector.
add_library(whydown_hot_flags INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64"
   AND CMAKE_BUILD_TYPE STREQUAL "Release")  # clang-tidy reads the commands of the preset dev
  target_compile_options(whydown_hot_flags INTERFACE -fno-tree-slp-vectorize
    -mmemset-strategy=unrolled_loop:512:noalign,libcall:-1:noalign
    -mmemcpy-strategy=unrolled_loop:512:noalign,libcall:-1:noalign)
endif()

# The program optimises these stages as one when it is linked. What a packet passes is called from
# one place each, but in another file, and g++'s own limits to growth would not let it be inlined
# there. Tests link the same objects as they are: where there are any, the objects hold both.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(whydown_hot_flags INTERFACE -flto=auto
    $<IF:$<BOOL:${WHYDOWN_TESTS}>,-ffat-lto-objects,-fno-fat-lto-objects>
    --param=max-inline-insns-auto=60 --param=inline-unit-growth=200
    --param=large-function-growth=1000 --param=large-stack-frame-growth=5000)
  # ar alone need not see into such objects.
  if(CMAKE_CXX_COMPILER_AR AND CMAKE_CXX_COMPILER_RANLIB)
    set(CMAKE_AR ${CMAKE_CXX_COMPILER_AR})
    set(CMAKE_RANLIB ${CMAKE_CXX_COMPILER_RANLIB})
  endif()
  set(WHYDOWN_LINK_AS_ONE -flto=auto -Wno-stringop-overflow)  # the latter as above, of strings
  set(WHYDOWN_LINK_AS_IS ${WHYDOWN_LINK_AS_ONE})
  if(WHYDOWN_TESTS)
    set(WHYDOWN_LINK_AS_IS -fno-lto)
  endif()
endif()

# The production sources below src/<stage>.
function(whydown_sources stage out)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${stage}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|reference)\\.cpp$")
  set(${out} ${sources} PARENT_SCOPE)
endfunction()

function(whydown_stage stage)
  cmake_parse_arguments(ARG "HOT" "" "DEPENDS;LIBRARIES" ${ARGN})
  whydown_sources(${stage} sources)
  add_library(whydown_${stage} STATIC ${sources})
  set_target_properties(whydown_${stage} PROPERTIES LINKER_LANGUAGE CXX)
  list(TRANSFORM ARG_DEPENDS PREPEND whydown_)
  target_link_libraries(whydown_${stage} PUBLIC ${ARG_DEPENDS} ${ARG_LIBRARIES}
                        PRIVATE whydown_flags $<$<BOOL:${ARG_HOT}>:whydown_hot_flags>)
endfunction()

# catalogue/*.toml, read now and compiled in.
function(whydown_embed_catalogue stage)
  file(GLOB faults CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/catalogue/*.toml)
  set(output ${CMAKE_BINARY_DIR}/catalogue.cpp)
  add_executable(pack_catalogue ${CMAKE_SOURCE_DIR}/cmake/pack_catalogue.cpp)
  set(sources catalogue_pack catalogue_parse toml_file vocabulary)
  list(TRANSFORM sources PREPEND ${CMAKE_SOURCE_DIR}/src/${stage}/)
  list(TRANSFORM sources APPEND .cpp)
  target_sources(pack_catalogue PRIVATE ${sources})
  target_link_libraries(pack_catalogue PRIVATE whydown_evidence fmt::fmt whydown_flags)
  target_link_options(pack_catalogue PRIVATE ${WHYDOWN_LINK_AS_IS})
  add_custom_command(OUTPUT ${output}
    COMMAND pack_catalogue ${output} ${faults}
    DEPENDS ${faults} pack_catalogue
    VERBATIM)
  target_sources(whydown_${stage} PRIVATE ${output})
endfunction()
