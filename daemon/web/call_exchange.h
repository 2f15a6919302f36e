// SPDX-License-Identifier: Apache-2.0
#pragma once

// The exchange of a call of the API. For the listener's thread.

#include <memory>

#include "daemon/web/one_exchange.h"

namespace firmbench::web {

std::shared_ptr<OneExchange> MakeCallExchange(Bridge& bridge, Request request,
                                              const std::shared_ptr<Peer>& peer, Form form);

}  // namespace firmbench::web
