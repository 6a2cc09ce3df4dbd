#include "warehouse/publish/publisher.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "reel/core/crash_point.hpp"
#include "warehouse/count_of.hpp"
#include "warehouse/publish/compare_sql.hpp"
#include "warehouse/publish/evolution.hpp"
#include "warehouse/publish/facts.hpp"
#include "warehouse/publish/source_keys.hpp"
#include "warehouse/publish/staged_key.hpp"
#include "warehouse/publish/statistics.hpp"
#include "warehouse/publish/target.hpp"
#include "warehouse/publish/writer.hpp"
#include "warehouse/quality/record.hpp"
#include "warehouse/quality/report.hpp"
#include "warehouse/schema.hpp"

namespace reel::warehouse {

core::Result<Published> Publisher::run(PublishSession& session) {
    if (!session.link) {
        session.link.emplace(context_.uri, "reel upsert");
        ensure_schema(*session.link);
    }
    postgres::Link& link = *session.link;
    if (const auto known = identify(link); !known) {
        return std::unexpected(known.error());
    }
    try {
        auto published = publish_once(link);
        if (published && !published->already_loaded) {
            analyze(session, *published);
        }
        return published;
    } catch (const postgres::DatabaseError& failure) {
        if (failure.kind() != postgres::FailureKind::in_doubt) {
            throw;
        }
        session.link.reset();
        return resolve_doubt(failure);
    }
}

core::Result<void> Publisher::identify(postgres::Link& link) {
    std::vector<std::string> ids;
    for (const auto& [name, table] : context_.staged) {
        const bool is_read =
            spec_.from.empty() ? spec_.query.contains(table.physical) : name == spec_.from;
        if (!is_read) {
            continue;
        }
        auto registered = find_registered(link, table.physical);
        if (!registered) {
            return core::fail(
                core::Errc::not_found,
                fmt::format("staged table '{}' is gone ({})", name, table.physical),
                "clear the stage task so that it runs again"
            );
        }
        ids.push_back(registered->staged_id);
        staged_ = std::move(registered);
    }
    if (ids.size() > 1) {
        staged_.reset();
    }
    load_id_ = load_id(spec_, context_.identity, ids);
    if (!spec_.from.empty() && merges(spec_.mode) && !staged_->made_by.empty()) {
        content_ = content_of(spec_, context_.identity, staged_->made_by, staged_->content_hash);
    }
    return {};
}

core::Result<Published> Publisher::publish_once(postgres::Link& link) {
    postgres::LinkTransaction transaction(link);
    auto published = publish_inside(link);
    if (has_failed_checks_) {
        // So far there are only results and the rows that failed, and those stay.
        transaction.commit();
        return published;
    }
    if (!published || published->already_loaded) {
        return published;
    }
    const core::Durably durably(core::Durable::publish);
    transaction.commit();
    return published;
}

core::Result<Published> Publisher::publish_inside(postgres::Link& link) {
    lock_target(link, spec_);
    const auto started_at = link.exec("SELECT clock_timestamp() AS at").at(0, "at").value();
    if (const auto done = find_load(link, load_id_)) {
        return Published{*done, true, {}};
    }
    const auto source = prepare_source(link);
    auto checks = check_source(link);
    if (auto passed = verdict(checks); !passed) {
        has_failed_checks_ = true;
        passed.error().where = spec_.into.readable();
        passed.error().hint = "nothing was published; " + passed.error().hint;
        return std::unexpected(passed.error());
    }
    auto unchanged = find_unchanged(link);
    auto published = unchanged ? core::Result<Published>(*std::move(unchanged))
                               : change_target(link, source, started_at);
    if (!published) {
        return published;
    }
    const LedgerEntry entry{
        load_id_, spec_, context_.identity, staged_, published->counts, started_at
    };
    record_load(link, entry);
    if (published->before) {
        record_state(link, *content_, entry, *published->before);
    }
    published->checks = std::move(checks);
    return published;
}

core::Result<Published> Publisher::run_inside(
    postgres::Link& link, const std::string& source_id, std::optional<RegisteredTable> staged
) {
    staged_ = std::move(staged);
    load_id_ = load_id(spec_, context_.identity, {source_id});
    auto published = publish_inside(link);
    // The next publish of this transaction makes its own.
    link.exec(fmt::format("DROP TABLE IF EXISTS {}, {}", query_relation, changes_relation));
    return published;
}

std::optional<Published> Publisher::find_unchanged(postgres::Link& link) const {
    const auto state = content_ ? find_state(link, *content_) : std::nullopt;
    if (!state || state->staged != staged_->rows || !is_untouched(link, content_->target, *state)) {
        return std::nullopt;
    }
    PublishPlan plan{Strategy::unchanged, reason_of(*state)};
    log_plan(plan);
    return Published{unchanged_counts(state->staged), false, {}, std::move(plan)};
}

void Publisher::log_plan(const PublishPlan& plan) const {
    context_.log(
        fmt::format("{}: {} ({})", spec_.into.readable(), to_string(plan.strategy), plan.reason)
    );
}

std::vector<CheckResult> Publisher::check_source(postgres::Link& link) const {
    if (spec_.checks.empty()) {
        return {};
    }
    auto results =
        inspect(link, spec_.checks, context_.identity, known_by_staging(spec_, context_, staged_));
    record(link, results, context_.identity);
    log_results(results, context_);
    return results;
}

Publisher::Source Publisher::prepare_source(postgres::Link& link) const {
    if (!spec_.from.empty()) {
        return {context_.staged.at(spec_.from).physical, staged_->rows};
    }
    // Once only: counting, checking and merging must see the same rows.
    const auto made =
        link.exec(fmt::format("CREATE TEMP TABLE reel_query ON COMMIT DROP AS\n{}\n", spec_.query));
    link.exec(fmt::format("ANALYZE {}", query_relation));
    return {std::string(query_relation), static_cast<std::int64_t>(made.affected())};
}

core::Result<Published> Publisher::change_target(
    postgres::Link& link, const Source& source, const std::string& at
) const {
    const auto exists = find_target(link, spec_);
    if (!exists) {
        return std::unexpected(exists.error());
    }
    if (!*exists && spec_.contract.tables == ContractWord::freeze) {
        return core::fail(
            core::Errc::invalid_argument,
            "the table is missing, and the contract freezes the tables",
            "create it, or let `contract.tables: evolve` do it",
            spec_.into.readable()
        );
    }
    auto evolved = *exists ? evolve_target(link, source) : Published{};
    if (!evolved) {
        return evolved;
    }
    const auto shape =
        *exists ? shape_merge(link, spec_, source.relation)
                : shape_of_new(spec_, source.relation, read_columns(link, source.relation));
    if (!shape) {
        return std::unexpected(shape.error());
    }
    if (!is_unique_by_staging(spec_, context_)) {
        if (const auto keys = check_keys(link, spec_, *shape); !keys) {
            return std::unexpected(keys.error());
        }
    }
    PublishFacts facts;
    if (*exists) {
        facts = look_at_target(link, *shape, spec_.mode, source.rows);
    }
    facts.exists = *exists;
    facts.mode = spec_.mode;
    if (!*exists && !spec_.from.empty()) {
        facts.staged = look_at_staged(link, spec_.into, context_.staged.at(spec_.from));
        facts.staged->dead_share = staged_->dead_share;
    }
    auto plan = plan_publish(facts);
    log_plan(plan);
    std::optional<StateBefore> before;
    if (content_ && is_worth_a_state(facts, plan)) {
        before = facts.exists ? count_before(link, shape->target) : state_of_new(link);
    }
    const auto counts = TargetWriter(link, spec_, *shape, at).write(plan, source.rows);
    if (!counts) {
        return std::unexpected(counts.error());
    }
    evolved->counts = *counts;
    evolved->plan = std::move(plan);
    evolved->rows_before = facts.target_rows;
    evolved->before = std::move(before);
    return evolved;
}

core::Result<Published> Publisher::evolve_target(postgres::Link& link, const Source& source) const {
    const auto source_columns = read_columns(link, source.relation);
    auto plan = plan_evolution(spec_, source_columns, read_columns(link, spec_.into.quoted()));
    if (!plan) {
        return std::unexpected(plan.error());
    }
    for (const auto& statement : plan->sql) {
        context_.log("the contract lets the target follow: " + statement);
        link.exec(statement);
    }
    Published published;
    published.left_out = left_out_columns(spec_, source_columns, plan->columns);
    for (const auto& name : published.left_out) {
        context_.log(
            fmt::format("column '{}' is left out: {} lacks it", name, spec_.into.readable())
        );
    }
    published.evolved = std::move(plan->sql);
    return published;
}

core::Result<Published> Publisher::resolve_doubt(const postgres::DatabaseError& doubt) const {
    postgres::Link link(context_.uri, "reel upsert");
    const postgres::LinkTransaction transaction(link);
    lock_target(link, spec_);  // the lost transaction holds it until its fate is known
    if (const auto done = find_load(link, load_id_)) {
        context_.log("the answer to the commit was lost; the ledger shows that it happened");
        return Published{*done, false, {}};
    }
    return core::fail(
        core::Errc::unavailable,
        fmt::format(
            "the connection was lost while committing, nothing was loaded: {}", doubt.what()
        ),
        {},
        spec_.into.readable()
    );
}

void Publisher::analyze(PublishSession& session, const Published& published) const {
    if (!outdates_statistics(published.counts, published.rows_before)) {
        return;
    }
    if (session.analyze_later) {
        return session.analyze_later(spec_.into.quoted());
    }
    if (const auto failure = analyze_table(*session.link, spec_.into.quoted())) {
        context_.log(*failure);
    }
}

}  // namespace reel::warehouse
