package main

import (
	"context"
	"errors"
	"time"
)

// step is one thing that must hold.
type step struct {
	name  string
	needs []string // earlier steps without which this one cannot be tried
	run   func(ctx context.Context) (detail string, err error)
}

// stepLimit is how long a step may take: more than the longest one needs, so that
// only what hangs runs into it.
const stepLimit = 15 * time.Second

var (
	errNotReached  = errors.New("not reached")
	errInterrupted = errors.New("interrupted")
)

// play runs the steps in their order, prints what came of each, and reports whether
// all held. A step that needs one which failed is not run.
func play(ctx context.Context, p *printer, steps []step) bool {
	p.align(steps)
	held := map[string]bool{}
	for _, s := range steps {
		p.begin(s.name)
		began := time.Now()
		detail, err := try(ctx, s, held)
		held[s.name] = err == nil
		p.end(detail, err, time.Since(began))
	}
	count := 0
	for _, ok := range held {
		if ok {
			count++
		}
	}
	p.sum(count, len(steps))
	return count == len(steps)
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
