package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// try tries all mutations, each copy of the repository its share, and prints the
// verdicts in the order of the table.
func try(ctx context.Context, all []mutation, copies []*workspace, out io.Writer) (bool, error) {
	sound := soundTests(ctx, all, copies[0])
	verdicts := make([]chan verdict, len(all))
	work := make(chan int, len(all))
	for i := range all {
		verdicts[i] = make(chan verdict, 1)
		work <- i
	}
	close(work)
	for _, w := range copies {
		go func() {
			for i := range work {
				verdicts[i] <- tryOne(ctx, all[i], w, sound)
			}
		}()
	}
	count := 0
	for i, m := range all {
		v := <-verdicts[i]
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if v == caught {
			count++
		}
		if _, err := fmt.Fprintf(out, "row %2d  %-66s %s\n", m.Row, m.Test, v); err != nil {
			return false, err
		}
		if v != caught {
			_, _ = fmt.Fprintf(out, "        %s/%s: %s  ->  %s\n", m.Package, m.File, m.Old, m.New)
		}
	}
	_, err := fmt.Fprintf(out, "%d of %d mutations caught\n", count, len(all))
	return count == len(all), err
}

func tryOne(ctx context.Context, m mutation, w *workspace, sound map[string]struct{}) verdict {
	if _, ok := sound[m.Test]; !ok {
		return failsWithout
	}
	return w.try(ctx, m)
}

// soundTests are those that pass as long as nothing is changed: only of them does a
// failure mean something.
func soundTests(ctx context.Context, all []mutation, w *workspace) map[string]struct{} {
	names := map[string][]string{} // by package
	for _, m := range all {
		if !slices.Contains(names[m.Package], m.Test) {
			names[m.Package] = append(names[m.Package], m.Test)
		}
	}
	sound := map[string]struct{}{}
	for folder, tests := range names {
		output, _ := w.runTests(ctx, folder, "^("+strings.Join(tests, "|")+")$") // the events tell each test's result
		for test := range states(output, "pass") {
			sound[test] = struct{}{}
		}
	}
	return sound
}
