package transport

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

const (
	// maxPeeked is how much of an answer a layer looks at before it decides. Error
	// answers of either product are far shorter.
	maxPeeked = 64 << 10
	// maxDiscarded is how much of an unwanted answer is read so that its connection
	// can be used again, and maxDiscarding how long that may take.
	maxDiscarded  = 64 << 10
	maxDiscarding = 100 * time.Millisecond
)

// Peek reads the beginning of an answer's body, 64 KiB at most, and puts it back: the
// answer can then be read from its first byte, an error included. It is for what
// decides by the body of an error answer, as [Layers].NotStarted does. Peeking twice
// is allowed.
func Peek(answer *http.Response) []byte {
	if answer.Body == nil || answer.Body == http.NoBody {
		return nil
	}
	begin, err := io.ReadAll(io.LimitReader(answer.Body, maxPeeked))
	rest := io.Reader(answer.Body)
	if err != nil {
		rest = failing{err}
	}
	answer.Body = &peeked{Reader: io.MultiReader(bytes.NewReader(begin), rest), Closer: answer.Body}
	return begin
}

type peeked struct {
	io.Reader
	io.Closer
}

// failing gives the error that ended a read once more: not every body does.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// discard gets rid of an answer that nobody wants. One that comes slowly is broken
// off: its connection is worth less than the caller's time.
func discard(answer *http.Response) {
	if answer == nil || answer.Body == nil {
		return
	}
	slow := time.AfterFunc(maxDiscarding, func() { _ = answer.Body.Close() })
	_, _ = io.CopyN(io.Discard, answer.Body, maxDiscarded)
	slow.Stop()
	_ = answer.Body.Close()
}
