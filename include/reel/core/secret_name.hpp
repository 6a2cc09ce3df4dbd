#pragma once

#include <string_view>

namespace reel::core {

/// Whether what goes by this name (a variable, a field of a connection) is to be masked: Airflow's
/// words (`sensitive_var_conn_names`), and what libpq and cloud keys add. Case does not matter.
[[nodiscard]] bool names_a_secret(std::string_view name);

}  // namespace reel::core
