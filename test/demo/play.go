package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hotcold-go/hotcold/test/must"
)

// part is a list of steps under one title.
type part struct {
	title string
	steps []step
}

// step is one check.
type step struct {
	name  string
	needs []string                                  // earlier steps of the part that must hold before
	run   func(ctx context.Context) (detail string) // it fails by package must
}

// stepLimit bounds a step; it is more than the longest one takes.
const stepLimit = 15 * time.Second

var (
	errNotReached  = errors.New("not reached")
	errInterrupted = errors.New("interrupted")
)

// play runs the parts, prints the outcome of each step and their number, and reports
// whether every step held.
func play(ctx context.Context, p *printer, parts ...part) bool {
	for _, one := range parts {
		for _, s := range one.steps {
			p.width = max(p.width, utf8.RuneCountInString(s.name))
		}
	}
	count, all := 0, 0
	for _, one := range parts {
		p.print(one.title + "\n\n")
		count += playPart(ctx, p, one.steps)
		all += len(one.steps)
		p.print("\n")
	}
	p.print(fmt.Sprintf("%d of %d steps held\n", count, all))
	return count == all
}

// playPart runs the steps of a part and returns how many held. It skips a step that needs
// one which failed.
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
	if ctx.Err() != nil || slices.ContainsFunc(s.needs, func(need string) bool { return !held[need] }) {
		return "", errNotReached
	}
	limited, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = errInterrupted
		}
	}()
	defer must.Catch(&err)
	return s.run(limited), nil
}

// printer writes one aligned line for each step. On a terminal it also shows the progress
// of a step, on the line that the outcome replaces.
type printer struct {
	out      io.Writer
	terminal bool
	width    int // of the longest name

	mu    sync.Mutex // held while the fields below change or a line is written
	name  string
	began time.Time
	text  string        // the progress
	over  chan struct{} // closed by end
	still sync.WaitGroup
}

func newPrinter(out io.Writer) *printer {
	return &printer{out: out, terminal: isTerminal(out)}
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *printer) begin(name string) {
	p.name, p.began = name, time.Now()
	p.progress("")
	if p.terminal {
		p.over = make(chan struct{})
		p.still.Go(p.tick)
	}
}

// tickInterval is how often the progress line, with its clock, is written again.
const tickInterval = 100 * time.Millisecond

func (p *printer) tick() {
	ticker := time.NewTicker(tickInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.mu.Lock()
			p.writeProgress()
			p.mu.Unlock()
		case <-p.over:
			return
		}
	}
}

// progressWidth bounds the progress line: a line that wraps cannot be replaced.
const progressWidth = 78

// progress sets the progress of the running step.
func (p *printer) progress(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
	p.writeProgress()
}

// writeProgress writes the progress line. The caller holds mu.
func (p *printer) writeProgress() {
	if !p.terminal {
		return
	}
	line := []rune(p.line("·", time.Since(p.began), p.text))
	p.print(eraseLine + string(line[:min(len(line), progressWidth)]))
}

const eraseLine = "\r\x1b[K"

// end writes the outcome of the running step.
func (p *printer) end(detail string, err error, took time.Duration) {
	if p.terminal {
		close(p.over)
		p.still.Wait()
	}
	line := p.line("✓", took, detail)
	switch {
	case errors.Is(err, errNotReached):
		line = fmt.Sprintf("– %-*s  %s", p.width, p.name, err)
	case err != nil:
		line = p.line("✗", took, err.Error())
	}
	line += "\n"
	if p.terminal {
		line = eraseLine + line
	}
	p.print(line)
}

func (p *printer) line(mark string, took time.Duration, text string) string {
	return strings.TrimRight(fmt.Sprintf("%s %-*s %6.2f s  %s", mark, p.width, p.name, took.Seconds(), oneLine(text)), " ")
}

// print ignores errors of the output: the exit status still reports the outcome.
func (p *printer) print(text string) { _, _ = io.WriteString(p.out, text) }

// oneLine replaces control characters, such as those in a server's messages.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// pollInterval is the interval of poll.
const pollInterval = 25 * time.Millisecond

// poll calls ask until it is done, returns an error or the bound is over, and shows the
// state.
func poll(ctx context.Context, p *printer, bound time.Duration, ask func(context.Context) (state string, done bool, err error)) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	end := time.Now().Add(bound)
	for {
		state, done, err := ask(ctx)
		if err != nil || done {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("after %v it was still: %s", bound, state)
		}
		p.progress(state)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
