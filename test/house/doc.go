// Package house checks what no linter does: what the front doors import in turn, that
// gen/ is generated and the shared packages know no product, that examples check their
// output, that the documents point to existing files and repeat the figures of the
// results files, and that logs and dumps keep their promises. It has tests only:
//
//	cd test && go test -count=1 ./house
//
// What each package may import, and that exported names have comments, is checked by
// golangci-lint: see .golangci.yml.
package house
