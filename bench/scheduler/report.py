"""What every benchmark here does alike: choose workloads, run them, print them for people and as JSON."""
import datetime
import fnmatch
import json
import os
import pathlib
import sys
import traceback

import bars


def chosen(every: dict, patterns: list[str] | None, by_default) -> list[str]:
    if not patterns:
        return list(by_default)
    names = [name for name in every if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    if not names:
        sys.exit(f"error: no workload is called {' or '.join(patterns)}\nhint: --list prints them")
    return names


def run_all(every: dict, names: list[str], bench) -> list[dict]:
    results = []
    for name in names:
        result = rounded(measure(every[name], bench))
        results.append({"name": name} | result)
        print(describe(name, result), file=sys.stderr, flush=True)
    return results


def measure(workload, bench) -> dict:
    try:
        return workload(bench)
    except Exception as error:  # one workload's failure is a result, too: the others are still worth measuring
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}


def rounded(value):
    """Without digits that mean nothing."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


def describe(name: str, result: dict) -> str:
    """For people, while it runs."""
    if "error" in result or "skipped" in result:
        return f"{name}: {result.get('error') or 'skipped: ' + result['skipped']}"
    lines = [f"{name}: {json.dumps(result['figures'])}"]
    for bar in result["bars"]:
        verdict = "met" if bar["is_met"] else "MISSED"
        lines.append(f"    {verdict}: {bar['what']} {bar['value']:.4g}, must be {bar['must']} {bar['limit']:.4g} {bar['because']}".rstrip())
    return "\n".join(lines)


def write(results: list[dict], about: dict, into: pathlib.Path | None) -> int:
    """Gives the exit status."""
    whole = {"at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), "cores": os.cpu_count()} | about
    whole |= {"results": results, "all_met": bars.all_met(results)}
    text = json.dumps(whole, indent=2) + "\n"
    if into:
        into.write_text(text)
    else:
        print(text, end="")
    return 0 if whole["all_met"] else 1
