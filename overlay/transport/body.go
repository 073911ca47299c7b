package transport

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

const (
	// maxPeek is how much of a response's body a layer looks at before it decides. Error
	// responses of both products are far shorter.
	maxPeek = 64 << 10
	// maxDiscard is how much of an unwanted response is read so that its connection can be
	// used again, and discardTimeout how long that may take.
	maxDiscard     = 64 << 10
	discardTimeout = 100 * time.Millisecond
)

// Peek reads the beginning of a response's body, 64 KiB at most, and puts it back: the
// body still reads from its first byte, with the same error at the end. It is meant for
// functions that decide by the body of an error response, such as [Layers].NotStarted. It
// may be called more than once.
func Peek(response *http.Response) []byte {
	if response.Body == nil || response.Body == http.NoBody {
		return nil
	}
	begin, err := io.ReadAll(io.LimitReader(response.Body, maxPeek))
	rest := io.Reader(response.Body)
	if err != nil {
		rest = errorReader{err}
	}
	response.Body = &peekedBody{Reader: io.MultiReader(bytes.NewReader(begin), rest), Closer: response.Body}
	return begin
}

type peekedBody struct {
	io.Reader
	io.Closer
}

// errorReader repeats the error that ended a body: not every body repeats it itself.
type errorReader struct{ err error }

func (f errorReader) Read([]byte) (int, error) { return 0, f.err }

// discard closes a response that is not used. It reads the rest of a short body first,
// which keeps the connection, unless that takes long.
func discard(response *http.Response) {
	if response == nil || response.Body == nil {
		return
	}
	slow := time.AfterFunc(discardTimeout, func() { _ = response.Body.Close() })
	_, _ = io.CopyN(io.Discard, response.Body, maxDiscard)
	slow.Stop()
	_ = response.Body.Close()
}

// rewind returns the request with its body at the beginning, and false if the body cannot
// be read a second time.
func rewind(request *http.Request) (*http.Request, bool) {
	if request.Body == nil || request.Body == http.NoBody {
		return request, true
	}
	if request.GetBody == nil {
		return nil, false
	}
	body, err := request.GetBody()
	if err != nil {
		return nil, false
	}
	again := request.Clone(request.Context())
	again.Body = body
	return again, true
}

// closeBody closes the body of a request that is not sent, as http.RoundTripper requires.
func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close()
	}
}
