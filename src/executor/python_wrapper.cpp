#include "python_wrapper.hpp"

namespace reel::executor {

namespace {

constexpr std::string_view source = R"python(
import importlib, importlib.util, inspect, json, os, sys, traceback
from datetime import datetime

SKIP = ("AirflowSkipException", "SkipException")
FAIL = ("AirflowFailException",)


class TaskInstance:
    def __init__(self, fields):
        self.__dict__.update(fields)
        self.pushed = {}

    def xcom_push(self, key, value):
        json.dumps(value, allow_nan=False)
        self.pushed[key] = value

    def xcom_pull(self, *args, **kwargs):
        raise NotImplementedError(
            "xcom_pull is not to be had inside a callable; pass the value as an argument: "
            "op_kwargs: {value: +task_id} or \"{{ ti.xcom_pull('task_id') }}\"")


def report(**fields):
    with os.fdopen(4, "w", encoding="utf-8") as out:
        json.dump(fields, out)


def fail(message, hint="", retryable=False):
    print(message, file=sys.stderr, flush=True)
    report(error={"message": message, "hint": hint, "retryable": retryable})
    sys.exit(1)


def load(spec):
    sys.dont_write_bytecode = True  # a __pycache__ beside the DAG would look like an edit of it
    sys.path[:0] = spec["sys_path"]
    if spec["file"]:
        name = os.path.splitext(os.path.basename(spec["file"]))[0]
        module_spec = importlib.util.spec_from_file_location(name, spec["file"])
        if module_spec is None:
            fail("'%s' is not a Python file" % spec["file"])
        module = importlib.util.module_from_spec(module_spec)
        sys.modules[name] = module
        module_spec.loader.exec_module(module)
    else:
        module = importlib.import_module(spec["module"])
    target = module
    for part in spec["callable"].split("."):
        if not hasattr(target, part):
            fail("there is no '%s' in %s" % (spec["callable"], spec["file"] or spec["module"]))
        target = getattr(target, part)
    if not callable(target):
        fail("'%s' of %s is not callable" % (spec["callable"], spec["file"] or spec["module"]))
    return target


def context_of(spec):
    context = dict(spec["context"])
    for name in ("logical_date", "data_interval_start", "data_interval_end"):
        if isinstance(context.get(name), str):
            context[name] = datetime.fromisoformat(context[name])
    context["ti"] = context["task_instance"] = TaskInstance(spec["context"].get("ti", {}))
    context["templates_dict"] = spec["templates_dict"]
    return context


def keywords(function, spec, context):
    given = dict(spec["op_kwargs"])
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return given
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        free = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        taken = set(free[:len(spec["op_args"])])
        return {**{k: v for k, v in context.items() if k not in taken}, **given}
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    positional = [p.name for p in named if p.kind is p.POSITIONAL_OR_KEYWORD]
    taken = set(positional[:len(spec["op_args"])])
    for parameter in named:
        name = parameter.name
        if name in context and name not in given and name not in taken:
            given[name] = context[name]
    return given


def is_named(error, names):
    return any(cls.__name__ in names for cls in type(error).__mro__)


def main():
    with os.fdopen(3, "r", encoding="utf-8") as stream:
        spec = json.load(stream)
    sys.stdout.reconfigure(line_buffering=True)
    context = context_of(spec)
    try:
        function = load(spec)
        value = function(*spec["op_args"], **keywords(function, spec, context))
    except Exception as error:
        text = "%s: %s" % (type(error).__name__, error)
        if is_named(error, SKIP):
            print("skipped: %s" % error, flush=True)
            report(return_value=None)
            sys.exit(99)
        traceback.print_exc()
        sys.stderr.flush()
        report(error={"message": text, "hint": "", "retryable": not is_named(error, FAIL)})
        sys.exit(1)
    pushed = context["ti"].pushed
    if not spec["do_xcom_push"]:
        value = None
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        fail("the return value of '%s' cannot be kept as JSON: %s" % (spec["callable"], error),
             "return lists, dicts with text keys, strings, finite numbers, booleans or None, "
             "or set do_xcom_push: false")
    report(return_value=value, xcoms=pushed)


main()
)python";

}  // namespace

std::string_view python_wrapper() {
    return source;
}

}  // namespace reel::executor
