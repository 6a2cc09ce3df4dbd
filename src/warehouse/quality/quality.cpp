#include "reel/warehouse/operations.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/quality/check.hpp"
#include "warehouse/quality/inspect.hpp"
#include "warehouse/quality/record.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/schema.hpp"

namespace reel::warehouse {

core::Result<core::JsonText> quality(const core::JsonText& args, const OperationContext& context) {
    const auto checks = parse_checks(args, context);
    if (!checks) {
        return std::unexpected(checks.error());
    }
    return guarded("quality", [&]() -> core::Result<core::JsonText> {
        postgres::Link link(context.uri, "reel quality");
        ensure_schema(link);
        postgres::LinkTransaction transaction(link);
        // One snapshot for everything: the numbers, the examples and the rows that are stored.
        link.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        auto results = inspect(link, *checks, context.identity);
        record(link, results, context.identity);
        transaction.commit();
        log_results(results, context);
        if (const auto failed = verdict(results); !failed) {
            return std::unexpected(failed.error());
        }
        const Json report{{"checks", checks_json(results)}};
        return core::JsonText{report.dump(-1, ' ', false, Json::error_handler_t::replace)};
    });
}

}  // namespace reel::warehouse
