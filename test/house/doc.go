// Package house checks the tree itself: which package may import what, that gen/ is
// generated and what serves both products knows neither, that whatever is exported says
// what it is for, that examples check their output, that the documents point at what is
// there and have the figures of the results files, which names logs have, and how large
// the largest file and function are. It has tests alone:
//
//	cd test && go test ./house
package house
