package main

import (
	"fmt"
	"io"
	"time"
)

// progress says on a long download how far it is.
type progress struct {
	io.Reader
	size int64 // -1 if the server does not say
	to   io.Writer

	read int64
	said time.Time
}

const progressEvery = 2 * time.Second

func (p *progress) Read(into []byte) (int, error) {
	if p.said.IsZero() {
		p.said = time.Now()
	}
	n, err := p.Reader.Read(into)
	p.read += int64(n)
	if now := time.Now(); now.Sub(p.said) >= progressEvery {
		p.said = now
		of := ""
		if p.size > 0 {
			of = fmt.Sprintf(" of %d", p.size>>10)
		}
		_, _ = fmt.Fprintf(p.to, "downloading: %d%s KiB\n", p.read>>10, of)
	}
	return n, err
}
