package call

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/internal/failure"
)

// maxPooled is the largest buffer that is kept for the next response, and the most that is
// allocated because of a Content-Length: a list of 10,000 records of about 1 kB fits.
const maxPooled = 32 << 20

// byteOrderMark is what some servers write before JSON in UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Resender is an optional interface of a response's Body, for a transport layer that can
// send the request again. If reading the body of a 2xx fails, the Client asks it for
// another response.
type Resender interface {
	// Resend sends the request again, after reading its response ended with cause. It
	// returns neither a response nor an error if it must not, and an error if it did and
	// there was no response.
	Resend(cause error) (*http.Response, error)
}

// read turns a response into the result or an error. The buffer is used again by the next
// call, so nothing that outlives this one may point into it.
func (c *Client) read(ctx context.Context, s *State, response *http.Response, result any) error {
	buffer := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= maxPooled {
			buffer.Reset()
			buffers.Put(buffer)
		}
	}()
	response, err := c.receive(buffer, response) //nolint:bodyclose // readBounded closed it
	s.report(response)
	if response == nil {
		return s.noResponse(ctx, err)
	}
	s.reportBody(buffer.Bytes())
	body := bytes.TrimPrefix(buffer.Bytes(), byteOrderMark)
	switch {
	case !failure.IsSuccess(response):
		return c.refused(ctx, s, response, body)
	case err == nil:
		err = c.accept(ctx, s, response.Header, body, result)
	}
	if err != nil {
		return s.malformed(ctx, response, err)
	}
	return nil
}

// hand gives the body of a success to the caller, unread: a file may be larger than memory. It
// counts as a page of a proxy, and not as the file, if it is HTML and no HTML is promised.
func (c *Client) hand(ctx context.Context, s *State, response *http.Response, file *io.ReadCloser) error {
	if !failure.IsSuccess(response) || response.Body == nil || mediaType(response.Header) == "text/html" && s.operation.Accepts() != "text/html" {
		return c.read(ctx, s, response, nil)
	}
	s.report(response)
	*file = response.Body
	return nil
}

// receive reads the body of a response. If a 2xx breaks off, the transport may get another
// response, which then counts. It returns no response if there was none to the second
// request, with the reason.
func (c *Client) receive(buffer *bytes.Buffer, response *http.Response) (*http.Response, error) {
	for {
		if !failure.IsSuccess(response) {
			_ = readBounded(buffer, response, min(c.maxAnswer, maxErrorAnswer))
			return response, nil // what can be read of an error response is enough
		}
		err := readBounded(buffer, response, c.maxAnswer)
		if err == nil {
			return response, nil
		}
		source, can := response.Body.(Resender)
		if tooLong := tooLongError(0); !can || errors.As(err, &tooLong) {
			return response, err
		}
		next, failed := source.Resend(err)
		if failed != nil {
			return nil, failed
		}
		if next == nil {
			return response, err
		}
		buffer.Reset()
		response = next
	}
}

// tooLongError is a body of more bytes than allowed.
type tooLongError int64

func (e tooLongError) Error() string { return fmt.Sprintf("response longer than %d bytes", int64(e)) }

// readBounded reads a body, limit bytes at most, and closes it.
func readBounded(buffer *bytes.Buffer, response *http.Response, limit int64) error {
	if response.Body == nil {
		return nil
	}
	defer func() { _ = response.Body.Close() }()
	// Grow would take three times as much where a kept buffer is a little too small.
	if n := int(min(response.ContentLength, limit, maxPooled*3/4)); n > 0 && n+bytes.MinRead > buffer.Cap() {
		*buffer = *bytes.NewBuffer(make([]byte, 0, n+n/8+bytes.MinRead))
	}
	n, err := buffer.ReadFrom(io.LimitReader(response.Body, limit+1))
	if n > limit {
		buffer.Truncate(int(limit))
		return tooLongError(limit)
	}
	if err != nil {
		return fmt.Errorf("response breaks off after %d bytes: %w", n, err)
	}
	return nil
}

// accept checks that a 2xx is what the operation promises and decodes it.
func (c *Client) accept(ctx context.Context, s *State, header http.Header, body []byte, result any) error {
	op := s.operation
	if isHTML(header, body) && op.Accepts() != "text/html" {
		return errors.New(describe(header, body))
	}
	if op.Result() == api.ResultNone || result == nil {
		return nil
	}
	if text, ok := result.(*string); ok && op.Result() == api.ResultText {
		*text = string(body)
		return nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New(describe(header, body))
	}
	d := newDecoding(ctx, body, result)
	err := d.decode(op.Result(), op.ID() == "")
	if d.count > 0 {
		hidden := s.hidden() // a member can have the name of a secret
		for i := range d.unfit {
			d.unfit[i].Pointer = hidden.Text(d.unfit[i].Pointer)
		}
		s.reportUnfit(d.unfit, d.count)
		if err == nil && c.strict {
			err = &shapeError{d.unfit[0]}
		}
		if err == nil && c.unfit != nil {
			c.unfit(ctx, op, d.unfit, d.count)
		}
	}
	if err != nil {
		d.reset() // no part of a result beside an error
		return fmt.Errorf("%w, %d bytes", err, len(body))
	}
	return nil
}

// isHTML recognizes a page that a proxy or a login form put in the place of an
// answer. JSON with a wrong content type is JSON.
func isHTML(header http.Header, body []byte) bool {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return false
	}
	return body[0] == '<' || !bytes.ContainsRune([]byte(`{["`), rune(body[0])) && mediaType(header) == "text/html"
}

func mediaType(header http.Header) string {
	t, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return t
}

// describe says what came in the place of JSON, without any of its bytes.
func describe(header http.Header, body []byte) string {
	what := mediaType(header)
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return "empty"
	case isHTML(header, body):
		what = "HTML"
	case what == "":
		what = "no content type"
	case strings.HasSuffix(what, "json"):
		what = "broken JSON"
	}
	return fmt.Sprintf("%s, %d bytes", what, len(body))
}
