package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// printer writes one aligned line a step. On a terminal it also shows, on the line
// that the outcome will replace, what a step is waiting for.
type printer struct {
	out      io.Writer
	terminal bool
	width    int // of the longest name

	mu    sync.Mutex // held while a line is written, or what it is made of
	name  string
	began time.Time
	text  string        // what the step waits for
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

func (p *printer) align(steps []step) {
	for _, s := range steps {
		p.width = max(p.width, utf8.RuneCountInString(s.name))
	}
}

// title writes what the steps below are about.
func (p *printer) title(text string) { p.print(text + "\n\n") }

func (p *printer) begin(name string) {
	p.name, p.began = name, time.Now()
	p.progress("")
	if p.terminal {
		p.over = make(chan struct{})
		p.still.Go(p.tick)
	}
}

// tickInterval is how often the passing line is written again: its clock goes on while
// a step waits.
const tickInterval = 100 * time.Millisecond

func (p *printer) tick() {
	ticker := time.NewTicker(tickInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.mu.Lock()
			p.pass()
			p.mu.Unlock()
		case <-p.over:
			return
		}
	}
}

// progressWidth keeps the passing line within a narrow terminal: what wraps cannot
// be replaced.
const progressWidth = 78

// progress shows what the step under way is waiting for.
func (p *printer) progress(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
	p.pass()
}

// pass writes the passing line. The caller holds mu.
func (p *printer) pass() {
	if !p.terminal {
		return
	}
	line := []rune(p.line("·", time.Since(p.began), p.text))
	p.print(eraseLine + string(line[:min(len(line), progressWidth)]))
}

const eraseLine = "\r\x1b[K"

// end writes the outcome of the step that began last.
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

// sum writes the last line.
func (p *printer) sum(held, all int) { p.print(fmt.Sprintf("%d of %d steps held\n", held, all)) }

// print ignores that nobody may read any more: the exit status still tells.
func (p *printer) print(text string) { _, _ = io.WriteString(p.out, text) }

// oneLine keeps the words of a server from moving the cursor.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
