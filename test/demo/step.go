package main

import (
	"context"
	"errors"
	"time"
)

// part is steps under one title.
type part struct {
	title string
	steps []step
}

// step is one thing that must hold.
type step struct {
	name  string
	needs []string // earlier steps of the part without which this one cannot be tried
	run   func(ctx context.Context) (detail string, err error)
}

// stepLimit is how long a step may take: more than the longest one needs, so that
// only what hangs runs into it.
const stepLimit = 15 * time.Second

var (
	errNotReached  = errors.New("not reached")
	errInterrupted = errors.New("interrupted")
)

// play runs the parts in their order, prints what came of each step and one sum over
// all, and reports whether every step held.
func play(ctx context.Context, p *printer, parts ...part) bool {
	for _, one := range parts {
		p.align(one.steps)
	}
	count, all := 0, 0
	for _, one := range parts {
		p.title(one.title)
		count += playPart(ctx, p, one.steps)
		all += len(one.steps)
		p.print("\n")
	}
	p.sum(count, all)
	return count == all
}

// playPart runs the steps of a part and counts those that held. A step that needs one
// which failed is not run.
func playPart(ctx context.Context, p *printer, steps []step) (count int) {
	held := map[string]bool{}
	for _, s := range steps {
		p.begin(s.name)
		began := time.Now()
		detail, err := try(ctx, s, held)
		p.end(detail, err, time.Since(began))
		if err == nil {
			held[s.name] = true
			count++
		}
	}
	return count
}

func try(ctx context.Context, s step, held map[string]bool) (detail string, err error) {
	if ctx.Err() != nil {
		return "", errNotReached
	}
	for _, need := range s.needs {
		if !held[need] {
			return "", errNotReached
		}
	}
	limited, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	detail, err = s.run(limited)
	if err != nil && ctx.Err() != nil {
		return "", errInterrupted
	}
	return detail, err
}
