#!/usr/bin/env bash
# Breaks the code in a copy of the repository and checks that a test fails: see README.md.
#
#   test/mutate/run.sh check       every patch applies, and its test is in README.md
#   test/mutate/run.sh patches [N] the patches of this folder, or of file N, each against its test
#   test/mutate/run.sh gremlins    gremlins on PACKAGES (overlay/token)
#   test/mutate/run.sh             all three
set -euo pipefail
umask 022 # a token file in a folder with other modes is rejected

gremlins=github.com/go-gremlins/gremlins/cmd/gremlins@v0.6.0
packages=${PACKAGES:-overlay/token}
coefficient=${COEFFICIENT:-10} # of the timeout, to the time of the tests
max_timeouts=${MAX_TIMEOUTS:-5} # a mutant that loops or blocks is killed by its timeout
go=${GO:-go}

cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
tree=$work/tree patches=$work/patches only=${2:-}
failures=0

fail() { echo "FAIL: $*"; failures=$((failures + 1)); }

# The files that git tracks or would add, as they are in the work tree.
copy_tree() {
	mkdir "$tree"
	git ls-files -z --cached --others --exclude-standard |
		while IFS= read -r -d '' name; do [ ! -e "$name" ] || printf '%s\0' "$name"; done |
		tar --null -T - -cf - | tar -xf - -C "$tree"
	git -C "$tree" init -q
}

# Writes each mutation of the patch files, which begins with "Test: PACKAGE TEST", to a
# file of its own.
split_patches() {
	mkdir "$patches"
	for file in test/mutate/"$only"*.patch; do
		awk -v prefix="$patches/$(basename "$file" .patch)" '
			/^Test: / { close(out); out = sprintf("%s.%d", prefix, ++n) }
			out { print > out }' "$file"
	done
}

name_of() { sed -n '1s/^Test: [^ ]* //p' "$1"; }
package_of() { sed -n '1s/^Test: \([^ ]*\) .*/\1/p' "$1"; }

check_patches() {
	for patch in "$patches"/*; do
		id=$(basename "$patch") name=$(name_of "$patch") package=$(package_of "$patch")
		git apply --check --unidiff-zero "$patch" || fail "$id does not apply"
		grep -qw "func $name(t" "$package"/*_test.go || fail "$id: $package has no $name"
		grep -q "\b$name\b.*(${id%.*}.patch)" test/mutate/README.md || fail "$id: README.md does not have $name beside ${id%.*}.patch"
	done
	echo "$(find "$patches" -type f | wc -l | tr -d ' ') patches checked"
}

# A mutation counts as caught if the test ran and failed. The tests must pass without it.
run_patches() {
	for package in $(for patch in "$patches"/*; do package_of "$patch"; done | sort -u); do
		names=$(grep -l "^Test: $package " "$patches"/* | while read -r patch; do name_of "$patch"; done | sort -u)
		result=$(cd "$tree" && "$go" test -count=1 -v -run "^($(echo $names | tr ' ' '|'))\$" "./$package" || true)
		for name in $names; do
			grep -q "^--- PASS: $name " <<<"$result" || fail "$package: $name does not pass on the unchanged code"
		done
	done
	caught=0 total=0
	for patch in "$patches"/*; do
		id=$(basename "$patch") name=$(name_of "$patch") package=$(package_of "$patch")
		total=$((total + 1))
		git -C "$tree" apply --unidiff-zero "$patch" || { fail "$id does not apply"; continue; }
		if result=$(cd "$tree" && "$go" test -count=1 -vet=off -timeout=60s -v -run "^$name\$" "./$package" 2>&1); then
			fail "$id SURVIVED $name"
		elif ! grep -q "^=== RUN  *$name" <<<"$result"; then
			fail "$id does not compile"
			echo "$result"
		else
			caught=$((caught + 1))
			echo "caught    $id  $name"
		fi
		git -C "$tree" apply -R --unidiff-zero "$patch"
	done
	echo "$caught of $total patches caught"
}

# Prints the mutants of the status $1 in the report $2 as "MUTATOR FILE:LINE:COLUMN: CODE".
mutants() {
	sed -n "s/^ *$1 \([A-Z_]*\) at \(.*\)\$/\1 \2/p" "$2" | while read -r mutator place; do
		IFS=: read -r file line column <<<"$place"
		printf '%s %s/%s:%s:%s: %s\n' "$mutator" "$package" "$file" "$line" "$column" \
			"$(sed -n "${line}{s/^[[:space:]]*//;p;}" "$tree/$package/$file")"
	done
}

# equivalent.txt names a mutant by mutator, file, column and code: line numbers change.
is_equivalent() {
	local key
	key=$(sed -E 's/^([A-Z_]+ [^:]*):[0-9]+:/\1:/' <<<"$1")
	grep -qxF "$key" test/mutate/equivalent.txt
}

run_gremlins() {
	GOBIN=$work/bin "$go" install "$gremlins"
	for package in $packages; do
		report=$work/report
		# -count=1: gremlins derives its timeout from a test run, which must not be cached.
		(cd "$tree" && GOFLAGS="${GOFLAGS:-} -count=1 -short -vet=off" "$work/bin/gremlins" unleash "./$package" \
			--workers 2 --timeout-coefficient "$coefficient" --invert-logical) | tee "$report" | grep -vE '^ *(KILLED|NOT COVERED) ' || true
		grep -q '^Killed:' "$report" || { fail "gremlins did not finish on $package"; continue; }
		while IFS= read -r mutant; do
			is_equivalent "$mutant" || fail "SURVIVED $mutant"
		done < <(mutants LIVED "$report")
		timeouts=$(grep -c '^ *TIMED OUT' "$report" || true)
		[ "$timeouts" -le "$max_timeouts" ] || fail "$package: $timeouts mutants timed out, more than $max_timeouts"
	done
}

main() {
	split_patches
	case ${1:-all} in
	check) check_patches ;;
	patches) copy_tree && run_patches ;;
	gremlins) copy_tree && run_gremlins ;;
	all) check_patches && copy_tree && run_patches && run_gremlins ;;
	*) echo "usage: $0 [check|patches [N]|gremlins]" >&2; exit 2 ;;
	esac
	[ "$failures" = 0 ] || { echo "$failures failures"; exit 1; }
}

main "$@"
exit
