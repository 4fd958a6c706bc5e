// 802.11 frames (IEEE 802.11-2020 9.2, 9.3.2), with or without a radiotap header
// (https://www.radiotap.org).
//
// A data frame leads to what Ethernet would have carried: addresses, LLC and SNAP, an ethertype.
// Encrypted ones (most of those that are captured in the air) are noted as such and end there, as
// nothing decrypts. Management and control frames carry no IP; of them only who is told to leave
// (deauthentication, disassociation) is noted. Left out: several datagrams in one frame (A-MSDU),
// and later fragments of a frame.
#pragma once

#include "packet/layer.h"

namespace whydown::packet::wireless {

[[gnu::cold, gnu::noinline]] Next frame(Layer& layer);     // LINKTYPE_IEEE802_11
[[gnu::cold, gnu::noinline]] Next radiotap(Layer& layer);  // LINKTYPE_IEEE802_11_RADIOTAP

}  // namespace whydown::packet::wireless
