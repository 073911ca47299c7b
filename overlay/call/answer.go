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

// maxPooled is the largest buffer that is kept for the next answer, and the most that
// is taken because a server announces it: a list of 10,000 records, of about 1 kB
// each, is read without growing a new one each time, even if its length comes unsaid.
const maxPooled = 32 << 20

// byteOrderMark is what some servers write before JSON in UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read takes an answer apart. The buffer goes back for the next call, so
// nothing that outlives this one may point into it.
func (c *Client) read(ctx context.Context, x *exchange, answer *http.Response, result any) error {
	buffer := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buffer.Cap() <= maxPooled {
			buffer.Reset()
			buffers.Put(buffer)
		}
	}()
	answer, complete, err := c.receive(buffer, answer) //nolint:bodyclose // readBounded closed it
	x.report(c.endpoint, answer)
	if answer == nil {
		return c.unanswered(ctx, x, err)
	}
	body := buffer.Bytes()
	x.keep(body)
	body = bytes.TrimPrefix(body, byteOrderMark)
	if !failure.IsSuccess(answer) {
		return x.forgiven(c.refused(ctx, x, answer, body))
	}
	if err == nil && !complete {
		err = fmt.Errorf("answer longer than %d bytes", c.maxAnswer)
	}
	if err != nil {
		return c.broken(ctx, x, answer, err)
	}
	if err := c.accept(ctx, x, answer.Header, body, result); err != nil {
		return c.broken(ctx, x, answer, err)
	}
	return nil
}

// receive reads an answer. Where a success breaks off, the transport may get another
// one, which is then what counts; without any, the error is why none came.
func (c *Client) receive(buffer *bytes.Buffer, answer *http.Response) (last *http.Response, complete bool, err error) {
	for {
		limit := c.maxAnswer
		if !failure.IsSuccess(answer) {
			limit = min(limit, maxErrorAnswer)
		}
		complete, err = readBounded(buffer, answer, limit)
		source, can := answer.Body.(Resender)
		if err == nil || !can || !failure.IsSuccess(answer) {
			return answer, complete, err
		}
		next, failed := source.Resend(err)
		if failed != nil {
			return nil, false, failed
		}
		if next == nil {
			return answer, complete, err
		}
		buffer.Reset()
		answer = next
	}
}

// readBounded reads at most limit bytes and tells whether that was all.
func readBounded(buffer *bytes.Buffer, answer *http.Response, limit int64) (complete bool, err error) {
	if answer.Body == nil {
		return true, nil
	}
	defer func() { _ = answer.Body.Close() }()
	// Grow would take three times as much where a kept buffer is a little too small.
	if n := int(min(answer.ContentLength, limit, maxPooled*3/4)); n > 0 && n+bytes.MinRead > buffer.Cap() {
		*buffer = *bytes.NewBuffer(make([]byte, 0, n+n/8+bytes.MinRead))
	}
	n, err := buffer.ReadFrom(io.LimitReader(answer.Body, limit+1))
	if n > limit {
		buffer.Truncate(int(limit))
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("answer breaks off after %d bytes: %w", n, err)
	}
	return true, nil
}

// accept checks that a 2xx is what the operation promises and decodes it.
func (c *Client) accept(ctx context.Context, x *exchange, header http.Header, body []byte, result any) error {
	op := x.operation
	if isHTML(header, body) {
		return errors.New(describe(header, body))
	}
	if op.Result() == api.ResultNone || result == nil {
		return nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New(describe(header, body))
	}
	d := newDecoding(ctx, body, result)
	err := d.decode(op.Result(), op.ID() == "")
	if d.count > 0 {
		x.reportUnfit(d.unfit, d.count)
		if err == nil && c.strict {
			err = &shapeError{d.unfit[0]}
		}
		if err == nil && c.unfit != nil {
			c.unfit(ctx, op, d.unfit, d.count)
		}
	}
	if err != nil {
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
