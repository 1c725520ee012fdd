#include "tests/integration/security/certificates.hpp"

#include <stdexcept>

namespace cam32100::integration {

namespace {

void openssl(Loop& loop, std::vector<std::string> words) {
  words.insert(words.begin(), "openssl");
  Process process{loop, words};
  process.close_input();
  if (process.wait_for_exit() != 0) throw std::runtime_error{"openssl: " + process.errors()};
}

std::vector<std::string> new_key(const std::string& file) {
  return {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", file};
}

}  // namespace

Certificates::Certificates(Loop& loop, const testing::ScratchDirectory& scratch,
                           const std::string& name, const std::string& names)
    : ca{scratch / (name + "-ca.pem")},
      server{scratch / (name + "-server.pem")},
      server_key{scratch / (name + "-server.key")},
      client{scratch / (name + "-client.pem")},
      client_key{scratch / (name + "-client.key")} {
  const auto ca_key = scratch / (name + "-ca.key");
  const auto request = [&](const std::string& key, const std::string& subject) {
    auto words = new_key(key);
    words.insert(words.begin(), "req");
    words.insert(words.end(), {"-subj", subject, "-out", scratch / "request.pem"});
    openssl(loop, words);
  };
  const auto sign = [&](const std::string& out) {
    openssl(loop, {"x509", "-req", "-in", scratch / "request.pem", "-CA", ca, "-CAkey", ca_key,
                   "-CAcreateserial", "-days", "2", "-extfile", scratch / "names", "-out", out});
  };
  auto authority = new_key(ca_key);
  authority.insert(authority.begin(), {"req", "-x509", "-days", "2", "-subj", "/CN=" + name});
  authority.insert(authority.end(), {"-out", ca});
  openssl(loop, authority);
  scratch.write("names", "subjectAltName=" + names + "\n");
  request(server_key, "/CN=broker");
  sign(server);
  request(client_key, "/CN=bridge");
  sign(client);
}

}  // namespace cam32100::integration
