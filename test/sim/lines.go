package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
)

// lines prints whole lines from many goroutines.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

func (l *lines) print(format string, arguments ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.out, format+"\n", arguments...) // nobody to tell, if nobody reads
}

// listening prints where a simulator is, the lines that others read.
func (l *lines) listening(urls []string, caFile string) {
	l.print("listening on %s", urls[0])
	if caFile == "" {
		caFile = "none"
	}
	l.print("CA file: %s", caFile)
	for i, url := range urls[1:] {
		l.print("endpoint %d: %s", i+1, url)
	}
}

// request is what a line about a request says.
type request struct {
	operation, method, path string
	status, endpoint        int
	at                      time.Time
	violations              []string
}

// request prints one: what came, what was answered, and why it was refused.
func (l *lines) request(r request) {
	answered, operation := strconv.Itoa(r.status), r.operation
	if r.status == 0 {
		answered = "cut"
	}
	if operation == "" {
		operation = "-"
	}
	line := fmt.Sprintf("%s %d %s %s %s %s", r.at.UTC().Format("15:04:05.000"), r.endpoint, answered, r.method, r.path, operation)
	if len(r.violations) > 0 {
		line += " (" + strings.Join(r.violations, "; ") + ")"
	}
	l.print("%s", line)
}
