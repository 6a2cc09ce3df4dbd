#include <fmt/format.h>

#include "reel/warehouse/load.hpp"
#include "warehouse/args.hpp"
#include "warehouse/failure.hpp"
#include "warehouse/load/last_reader.hpp"
#include "warehouse/load/planned_tables.hpp"
#include "warehouse/load/publish_step.hpp"
#include "warehouse/stage/prepared_stage.hpp"
#include "warehouse/stage/staging_sql.hpp"
#include "warehouse/text_table.hpp"

namespace reel::warehouse {

namespace {

struct Step {
    std::string step;
    std::string what;
    std::string reason;
    std::string sql;
};

std::string join_sql(const std::vector<std::string>& statements) {
    return fmt::format("{};", fmt::join(statements, ";\n"));
}

/// The steps of a load, each known without doing the one before.
class Explanation final {
  public:
    explicit Explanation(OperationContext context) : context_(std::move(context)) {}

    core::Result<void> explain_stage(StageSpec declared, const std::string& stage_task) {
        const auto prepared =
            prepare_stage(std::move(declared), std::nullopt, context_, [](const std::string&) {});
        if (!prepared) return std::unexpected(prepared.error());
        add_reading(**prepared);
        const auto& spec = (*prepared)->spec;
        context_.staged = planned_tables(spec, stage_task, context_.identity);
        for (std::size_t t = 0; t < spec.tables.size(); ++t) {
            add_staging(spec.tables[t]);
            add_checks((*prepared)->checks[t]);
        }
        return {};
    }

    core::Result<void> explain_upsert(const LoadPlan& plan, std::size_t upsert) {
        mark_last_reader(plan, upsert, context_.staged);
        const auto spec = parse_publish_spec(plan.upserts[upsert], context_);
        if (!spec) return std::unexpected(spec.error());
        postgres::Link link(context_.uri, "reel load explain");
        const postgres::LinkTransaction transaction(link);
        link.exec("SET TRANSACTION READ ONLY");
        const auto& staged = context_.staged.at(spec->from);
        auto step = explain_publish(link, *spec, staged, columns_of(staged));
        if (!step) return std::unexpected(step.error());
        const auto key = staged_key(staged);
        for (const auto& check : spec->checks) {
            const bool is_kept = is_kept_by_key(check, key);
            add_check(
                check,
                is_kept ? kept_by_staged_key
                        : "in the warehouse before the rows are published: a check of upsert",
                is_kept
            );
        }
        steps_.push_back(
            {"publish",
             fmt::format("{} into {}", to_string(spec->mode), spec->into.readable()),
             std::move(step->reason),
             join_sql(step->sql)}
        );
        return {};
    }

    [[nodiscard]] core::JsonText report() const {
        Json list = Json::array();
        for (const auto& [step, what, reason, sql] : steps_) {
            list.push_back({{"step", step}, {"what", what}, {"reason", reason}, {"sql", sql}});
        }
        return {list.dump(-1, ' ', false, Json::error_handler_t::replace)};
    }

  private:
    void add_reading(const PreparedStage& prepared) {
        const auto& [spec, files, checks, wish, memory, first, header, tables] = prepared;
        steps_.push_back(
            {"read",
             fmt::format(
                 "{} ({}{}{}), once",
                 spec.name,
                 readable_bytes(files.estimated_bytes()),
                 files.count() > 1 ? fmt::format(" in {} files", files.count()) : "",
                 spec.format == Format::csv ? fmt::format(", {} columns", header.size()) : ""
             ),
             fmt::format(
                 "{} for a file of this size on this machine; more than {} rejects fail the load",
                 describe(memory, wish),
                 spec.rejects.readable()
             ),
             ""}
        );
    }

    void add_staging(const StageTableSpec& table) {
        const auto physical = staging_table(context_.identity, table.name);
        std::vector<std::string> sql{create_sql(physical, table), copy_sql(physical, table)};
        std::string reason = "no key: every row is kept";
        if (!table.key.empty()) {
            sql.push_back(dedupe_sql(physical, table.key));
            reason = fmt::format(
                "the last row of each key ({}) wins; none is looked for where keys ascend",
                comma_list(table.key)
            );
        }
        steps_.push_back(
            {"stage",
             fmt::format("{} columns by binary COPY", table.columns.size()),
             reason,
             join_sql(sql)}
        );
    }

    /// Of staged rows: which are counted while these are read, and which the warehouse makes.
    void add_checks(const TableChecks& table) {
        for (std::size_t i = 0; i < table.checks.size(); ++i) {
            const auto& counting = table.plan.counting[i];
            add_check(
                table.checks[i],
                counting.in_flight
                    ? counting.reason
                    : "in the warehouse before the rows are published: " + counting.reason,
                counting.in_flight
            );
        }
    }

    void add_check(const Check& check, std::string reason, bool in_flight) {
        const std::string sql = in_flight ? ""
                                : check.shape == CheckShape::aggregate
                                    ? scan_sql(check.relation, {check.measure})
                                    : check.measure;
        steps_.push_back(
            {"check",
             fmt::format("{} of {}, expected {}", check.name, check.table, check.expected),
             std::move(reason),
             sql.empty() ? "" : sql + ";"}
        );
    }

    static std::vector<CatalogColumn> columns_of(const StagedTable& staged) {
        std::vector<CatalogColumn> columns;
        for (const auto& column : Json::parse(staged.columns.text)) {
            columns.push_back(
                {.name = column.at("name").get<std::string>(),
                 .type = column.at("type").get<std::string>(),
                 .not_null = column.at("not_null").get<bool>()}
            );
        }
        return columns;
    }

    OperationContext context_;
    std::vector<Step> steps_;
};

}  // namespace

core::Result<core::JsonText> explain_load(const LoadPlan& plan, const OperationContext& context) {
    const auto spec = parse_stage_spec(plan.stage);
    if (!spec) return std::unexpected(spec.error());
    return guarded("load explain", [&]() -> core::Result<core::JsonText> {
        Explanation explanation(context);
        if (auto done = explanation.explain_stage(*spec, plan.stage_task); !done) {
            return std::unexpected(done.error());
        }
        for (std::size_t i = 0; i < plan.upserts.size(); ++i) {
            if (auto done = explanation.explain_upsert(plan, i); !done) {
                return std::unexpected(done.error());
            }
        }
        return explanation.report();
    });
}

}  // namespace reel::warehouse
