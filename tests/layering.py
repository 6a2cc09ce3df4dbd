"""Every include of the tree points left in the order of modules; only promised headers cross a module's border."""
import pathlib
import re
import sys

ORDER = [
    {"core"}, {"async", "config"}, {"templating", "dagfile", "fetch", "postgres"}, {"store", "warehouse"},
    {"scheduler"}, {"runner"}, {"executor"}, {"worker"}, {"api"}, {"cli"}, {"daemon"},
]
# Within one rank nothing includes its neighbour, but for these.
SIDEWAYS = {("dagfile", "templating")}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<](reel/)?([a-z_]+)/([^">]+)[">]', re.M)


def rank(module):
    return next((i for i, names in enumerate(ORDER) if module in names), None)


def violations(root):
    for base in ("include/reel", "src"):
        for path in sorted((root / base).rglob("*.[ch]pp")):
            module = path.relative_to(root / base).parts[0]
            for promised, target, _ in INCLUDE.findall(path.read_text()):
                if target == module or rank(target) is None:
                    continue
                name = path.relative_to(root)
                if not promised:
                    yield f"{name} includes a private header of {target}"
                elif rank(target) > rank(module):
                    yield f"{name}: {module} must not include {target}"
                elif rank(target) == rank(module) and (module, target) not in SIDEWAYS:
                    yield f"{name}: {module} and {target} stand side by side"


if __name__ == "__main__":
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "layering: ok")
    sys.exit(1 if found else 0)
