# Writes a C++ file that holds each of FILES as text, by its name. Bytes, not a literal: compilers limit those.
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
file(WRITE ${OUTPUT} "#include \"bridge/io/embedded_mappings.hpp\"

namespace cam32100::bridge {
namespace {
${body}}  // namespace

const std::vector<EmbeddedMapping>& embedded_mappings() {
  static const std::vector<EmbeddedMapping> all{
${table}  };
  return all;
}

}  // namespace cam32100::bridge
")
