//go:build ignore

package main

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// answer makes as many calls as each line of standard input says, and prints what one took
// in nanoseconds, allocations and bytes. The programs with a generated client share it.
func answer(call func() error) {
	for calls := 0; ; {
		if _, err := fmt.Scanln(&calls); err != nil {
			return // the end of standard input
		}
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		for range calls {
			check(call())
		}
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		n := uint64(calls)
		fmt.Println(took.Nanoseconds()/int64(calls), (after.Mallocs-before.Mallocs)/n, (after.TotalAlloc-before.TotalAlloc)/n)
	}
}

// check ends the program on an error.
func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
