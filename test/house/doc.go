// Package house checks the tree itself: which package may import what, that gen/ is
// generated and what serves both products knows neither, that whatever is exported says
// what it is for, that examples check their output, and how large the largest file and
// function are. It has tests alone:
//
//	cd test && go test ./house
package house
