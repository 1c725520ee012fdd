# Writes a C++ file whose FUNCTION() gives every one of FILES by its name, as the vector of TYPE{file, text} that HEADER
# declares. Bytes, not a string literal: compilers limit those.
set(body "")
set(table "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  string(MAKE_C_IDENTIFIER ${name} symbol)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND body "constexpr unsigned char ${symbol}[] = {${bytes}};\n")
  string(APPEND table "    {\"${name}\", {static_cast<const char*>(static_cast<const void*>(${symbol})), sizeof ${symbol}}},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

namespace cam32100::bridge {
namespace {
${body}}  // namespace

const std::vector<${TYPE}>& ${FUNCTION}() {
  static const std::vector<${TYPE}> all{
${table}  };
  return all;
}

}  // namespace cam32100::bridge
")
