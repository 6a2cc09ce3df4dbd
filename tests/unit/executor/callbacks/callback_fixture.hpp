#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "executor/callbacks/call.hpp"
#include "unit/executor/fixture.hpp"

namespace reel::executor {

/// DAG "movies" of task "load" with a run "manual__1" in a store, and callbacks that are called
/// for it.
class CallbackTest : public testing::Test {
  protected:
    CallbackTest() {
        order = an_order("bash", Json::object());
        store->save_dags({*order.dag}, false, a_date());
        scene.dag = order.dag;
        scene.run = order.run;
        scene.base_url = "https://reel.example";
        scene.record.id = 7;
        scene.record.key = order.key;
        scene.record.try_number = 2;
        scene.record.event = core::CallbackEvent::failure;
        scene.record.reason = "exit code 3";
        scene.record.created_at = a_date();
    }

    void be_of_run(core::CallbackEvent event, const std::string& reason = {}) {
        scene.record.key.task_id = core::TaskId("");
        scene.record.event = event;
        scene.record.reason = reason;
    }

    core::Result<Call> prepare(core::CallbackKind kind, const Json& args) {
        return prepare_call(
            scene, {.kind = kind, .args = to_text(args)}, *store, connections, mask, inherited
        );
    }
    CommandCall command(const Json& args) {
        return std::get<CommandCall>(prepare(core::CallbackKind::command, args).value());
    }
    fetch::HttpCall http(const Json& args) {
        return std::get<fetch::HttpCall>(prepare(core::CallbackKind::http, args).value());
    }
    fetch::HttpCall slack(const Json& args) {
        return std::get<fetch::HttpCall>(prepare(core::CallbackKind::slack, args).value());
    }
    MailCall email(const Json& args) {
        return std::get<MailCall>(prepare(core::CallbackKind::email, args).value());
    }
    core::Error refused(core::CallbackKind kind, const Json& args) {
        const auto call = prepare(kind, args);
        EXPECT_FALSE(call);
        return call ? core::Error() : call.error();
    }

    void add_connection(store::ConnectionRecord record) {
        ASSERT_TRUE(store->add_connection(record));
    }

    std::unique_ptr<store::RunStore> store = store::make_memory_store();
    scheduler::AttemptOrder order;
    CallbackScene scene;
    config::Environment environment;
    config::Environment inherited{{"PATH", "/bin"}};
    SecretMask mask;
    Connections connections{environment, *store, "", mask};
};

}  // namespace reel::executor
