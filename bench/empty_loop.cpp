// The baseline: reads a capture with libpcap and does nothing with it.
// Prints the number of packets and of captured bytes.
#include <array>
#include <cstdint>
#include <cstdio>

#include <pcap/pcap.h>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s CAPTURE\n", argv[0]);
    return 2;
  }
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  pcap_t* capture = pcap_open_offline(argv[1], error.data());
  if (capture == nullptr) {
    std::fprintf(stderr, "%s\n", error.data());
    return 2;
  }
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  std::uint64_t packets = 0;
  std::uint64_t total_bytes = 0;
  while (pcap_next_ex(capture, &header, &bytes) == 1) {
    ++packets;
    total_bytes += header->caplen;
  }
  pcap_close(capture);
  std::printf("%llu %llu\n", static_cast<unsigned long long>(packets),
              static_cast<unsigned long long>(total_bytes));
  return 0;
}
