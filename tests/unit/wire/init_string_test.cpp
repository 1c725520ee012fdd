#include <gtest/gtest.h>

#include "protocol/wire/cipher.hpp"
#include "tests/support/vectors/vectors.hpp"

namespace cam32100::protocol {
namespace {

using Hosts = std::vector<std::string>;

TEST(InitString, DecodesEveryCs2VectorAndSpellsItAgain) {
  std::size_t rows = 0;
  for (const auto& row : vectors::cs2_strings()) {
    SCOPED_TRACE(row.text);
    const auto list = decode_init_string(row.text);
    ASSERT_TRUE(list);
    EXPECT_EQ(list->hosts, row.servers);
    EXPECT_EQ(list->psk, row.psk);
    EXPECT_EQ(encode_cs2_init_string(*list), row.text);
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("init_strings.json/cs2"));
}

TEST(InitString, DecodesEveryIlnkVector) {
  std::size_t rows = 0;
  for (const auto& row : vectors::ilnk_strings()) {
    SCOPED_TRACE(row.text);
    const auto list = decode_init_string(row.text);
    ASSERT_TRUE(list);
    EXPECT_EQ(list->hosts, row.servers);
    EXPECT_EQ(list->psk, "");
    ++rows;
  }
  EXPECT_EQ(rows, vectors::row_counts().at("init_strings.json/ilnk"));
}

TEST(InitString, DecodesTheOtherStringsSeenInApps) {
  EXPECT_EQ(decode_init_string(
                "PFLXLSTBLKHYLPLRHUEHIEEGEEARLQPLIHIAEKAOSTLVEOSQPDHZLNPAICIFEREJLKEMENHUHXIB"
                "EPEEEHEIEL")
                ->hosts,
            (Hosts{"69.235.180.149", "44.198.131.69", "3.67.159.125"}));
  EXPECT_EQ(decode_init_string(
                "HZLXLQIDLKASPHIAHUPDEKICEEAUIHLRSWAOSUPEEJSQLOHWEGPAHYPGLQERIBIALKLNEMENHUHX"
                "ELEHEEEIEKEP-$$")
                ->hosts,
            (Hosts{"47.254.146.4", "54.223.200.244", "54.167.151.249"}));
}

TEST(InitString, ReadsLettersPastPAsOtherSpellings) {
  const auto list = decode_init_string(
      "DRFTEOBOJWHSFQHQEVGNDQEXFRLZGKLUGSDUAIBXBOIULLKRDNAJDNOZHNKMJO:SECRETKEY");
  ASSERT_TRUE(list);
  EXPECT_EQ(list->hosts, (Hosts{"127.0.0.1", "192.168.1.1", "10.0.0.1"}));
  EXPECT_EQ(list->psk, "SECRETKEY");
}

TEST(InitString, IgnoresBlanksAround) {
  EXPECT_EQ(decode_init_string(" EBGDEOBOKGICGAIAFFGN\n")->hosts, (Hosts{"127.0.0.1"}));
}

TEST(InitString, DropsEmptyFields) {
  const auto text = encode_cs2_init_string({{"a.example", "", "b.example"}, ""});
  EXPECT_EQ(decode_init_string(text)->hosts, (Hosts{"a.example", "b.example"}));
}

TEST(InitString, RoundTripsMoreThanOneTurnOfItsTable) {
  const ServerList list{
      {"a-rather-long-host-name.in.some.domain.example", "another_one.example.org"}, "a psk?"};
  auto with_blank = encode_cs2_init_string(list);
  EXPECT_FALSE(decode_init_string(with_blank)) << "a blank is no part of a PSK";
  const auto back = decode_init_string(encode_cs2_init_string({list.hosts, "psk!"}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->hosts, list.hosts);
  EXPECT_EQ(back->psk, "psk!");
}

TEST(InitString, RefusesWhatIsNeitherForm) {
  const std::string long_text(4096, 'A');
  for (const std::string& text :
       Hosts{"", "  ", ":", ":PSK", "A", "EBGDEOBOKGICGAIAFFG", "ebgdeobokgicgaiaffgn", "127.0.0.1",
             "EBGDEOBOKGICGAIAFFGN::\x01", "EBGD EOBO", "-$$", "AA-$$", "EBGDEOBOKGICGAIAFFGN-$$",
             "EBGDEOBOKGICGAIAFFGN-$", "AAAAAAAA", "ZZZZZZZZ", long_text,
             "EBGDEOBOKGICGAIAFFGN:" + std::string(64, 'x')}) {
    const auto list = decode_init_string(text);
    ASSERT_FALSE(list) << text;
    EXPECT_EQ(list.error(), Errc::bad_init_string) << text;
  }
}

TEST(InitString, RefusesMoreHostsThanAnAppEverHad) {
  EXPECT_TRUE(decode_init_string(encode_cs2_init_string({Hosts(16, "1.2.3.4"), ""})));
  EXPECT_FALSE(decode_init_string(encode_cs2_init_string({Hosts(17, "1.2.3.4"), ""})));
}

TEST(InitString, RefusesHostsThatAreNoNames) {
  for (const auto* host : {"a b", "a/b", "a:1", "\x7F", "caf\xC3\xA9"}) {
    EXPECT_FALSE(decode_init_string(encode_cs2_init_string({{host}, ""}))) << host;
  }
}

}  // namespace
}  // namespace cam32100::protocol
