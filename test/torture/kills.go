package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"
)

// measureKills kills processes that write the cache, and others that write the
// vendor's token file, until enough of them died between the server's answer and the
// end of the write. After each it looks at the file, and at what the next process
// finds there.
func measureKills(ctx context.Context, a amounts) ([]row, error) {
	var lanes []*lane
	for kind := range fileKinds {
		lanes = append(lanes, &lane{kind: kind, took: time.Millisecond})
	}
	results := make([]error, len(lanes))
	var all sync.WaitGroup
	for i, l := range lanes {
		all.Go(func() { results[i] = l.run(ctx, (a.kills+len(lanes)-1)/len(lanes)) })
	}
	all.Wait()
	kills, torn := 0, 0
	for _, l := range lanes {
		kills += l.kills
		torn += l.torn
	}
	return []row{
		atLeast("kill -9 mid-write", kills, a.kills),
		exactly("torn files", torn, 0),
	}, errors.Join(results...)
}

// lane is one file and the processes that write it, one after the other.
type lane struct {
	kind   string
	folder string
	kept   string        // the name of the pair that the last process left
	took   time.Duration // the write that was timed last

	kills, torn int
	first       error // why a file counts as torn
}

func (l *lane) run(ctx context.Context, kills int) (err error) {
	if l.folder, err = os.MkdirTemp("", "torture-"); err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(l.folder) }()
	for l.kills < kills && err == nil {
		err = l.killOne(ctx)
	}
	return errors.Join(err, l.first)
}

// killOne lets a process write a few times and kills it somewhere in a write.
func (l *lane) killOne(ctx context.Context) error {
	c, err := startChild(ctx, "write", kindVariable+"="+l.kind, folderVariable+"="+l.folder)
	if err != nil {
		return err
	}
	var said progress
	for writes := 1 + rand.IntN(3); said.writings < writes; { //nolint:gosec // no secret
		if !c.out.Scan() {
			_ = c.kill()
			return fmt.Errorf("a process could not go on with the %s: %w", l.kind, orEOF(c.out.Err()))
		}
		said.add(c.out.Text())
		if _, err := readPair(l.folder); err != nil {
			l.tear("while it was written, the %s was %w", l.kind, err)
		}
	}
	if said.took > 0 {
		l.took = said.took
	}
	err = elapse(ctx, rand.N(l.took)) //nolint:gosec // no secret
	for _, line := range c.kill() {
		said.add(line)
	}
	l.check(&said)
	return err
}

// check holds a dead process to its word: the file has the pair that was written
// last, or the one that was being written.
func (l *lane) check(said *progress) {
	if said.found != l.kept {
		l.tear("a process found %q in the %s where %q was", said.found, l.kind, l.kept)
	}
	before := l.kept
	if said.wrote != "" {
		before = said.wrote
	}
	pending := said.writing != said.wrote
	if pending {
		l.kills++
	}
	kept, err := readPair(l.folder)
	switch {
	case err != nil:
		l.tear("after a kill the %s was %w", l.kind, err)
	case kept != before && (!pending || kept != said.writing):
		l.tear("after a kill the %s had %q, where %q was written and then %q", l.kind, kept, before, said.writing)
	}
	l.kept = kept
}

func (l *lane) tear(format string, arguments ...any) {
	l.torn++
	if l.first == nil {
		l.first = fmt.Errorf(format, arguments...)
	}
}
