// Calls calls what is generated from the small documents of published_test.go, which compiles
// it with the generated packages beside it. It prints each failure.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"

	adiscriminator "github.com/hotcold-go/hotcold/specs/refresh/testdata/calls/adiscriminator"
	aparameterwithcontent "github.com/hotcold-go/hotcold/specs/refresh/testdata/calls/aparameterwithcontent"
	enumerations "github.com/hotcold-go/hotcold/specs/refresh/testdata/calls/enumerations"
	formsandfiles "github.com/hotcold-go/hotcold/specs/refresh/testdata/calls/formsandfiles"
	fractions "github.com/hotcold-go/hotcold/specs/refresh/testdata/calls/fractions"
	headandcallbacks "github.com/hotcold-go/hotcold/specs/refresh/testdata/calls/headandcallbacks"
	numbersof64bits "github.com/hotcold-go/hotcold/specs/refresh/testdata/calls/numbersof64bits"
	references "github.com/hotcold-go/hotcold/specs/refresh/testdata/calls/references"
)

var ctx = context.Background()

// against calls a server with a client of it.
func against(serve http.HandlerFunc, calls func(api.Caller) error) error {
	server := httptest.NewServer(serve)
	defer server.Close()
	base, err := url.Parse(server.URL)
	if err != nil {
		return err
	}
	return calls(call.New(call.Config{Base: base, StrictResponses: true}))
}

// answering is a server with one answer.
func answering(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func main() {
	failed := false
	for name, test := range map[string]func() error{
		"fractions": fractional, "64 bits": wide, "enumerations": enumerated, "HEAD": head, "references": referred, "discriminator": discriminated,
		"content": content, "multipart": upload, "octet-stream": write, "download": download, "form": change, "login page": page,
	} {
		if err := test(); err != nil {
			fmt.Printf("%s: %v\n", name, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

func fractional() error {
	return against(answering(`{"a":0.5,"b":0.25,"c":0.01,"d":0.75,"e":3,"f":1.5}`), func(c api.Caller) error {
		services := fractions.NewServices(c)
		got, err := services.Things.Get(ctx)
		if err == nil && *got != (fractions.Thing{A: 0.5, B: 0.25, C: 0.01, D: 0.75, E: 3, F: 1.5}) {
			err = fmt.Errorf("got %+v", *got)
		}
		return err
	})
}

func wide() error {
	return against(answering(`{"inode":11326619722725392385,"free_bytes":18446744073709551615,"hash":"x"}`), func(c api.Caller) error {
		services := numbersof64bits.NewServices(c)
		got, err := services.Things.Get(ctx)
		if err == nil && (got.Inode != 11326619722725392385 || got.FreeBytes != 1<<64-1) {
			err = fmt.Errorf("got %+v", *got)
		}
		return err
	})
}

func enumerated() error {
	return against(answering(`{"a":null,"b":"it's","c":-1,"e":true,"f":"+1"}`), func(c api.Caller) error {
		services := enumerations.NewServices(c)
		got, err := services.Things.Get(ctx)
		if err == nil && (got.A != nil || !got.B.Valid() || got.C != enumerations.ThingCMinus1 || got.F != enumerations.ThingFPlus1) {
			err = fmt.Errorf("got %+v", *got)
		}
		return err
	})
}

func head() error {
	method := ""
	return against(func(_ http.ResponseWriter, r *http.Request) { method = r.Method }, func(c api.Caller) error {
		services := headandcallbacks.NewServices(c)
		err := services.Things.Check(ctx)
		if err == nil && method != http.MethodHead {
			err = fmt.Errorf("sent %s", method)
		}
		return err
	})
}

func referred() error {
	return against(answering(`{"name":"a"}`), func(c api.Caller) error {
		services := references.NewServices(c)
		got, err := services.Things.Get(ctx, "u1", nil)
		if err == nil && got.Name != "a" {
			err = fmt.Errorf("got %+v", *got)
		}
		return err
	})
}

func discriminated() error {
	return against(answering(`{"pet":{"kind":"CAT","lives":9},"from":{"type":"derived"}}`), func(c api.Caller) error {
		services := adiscriminator.NewServices(c)
		got, err := services.Things.Get(ctx)
		if err != nil {
			return err
		}
		kind, err := got.Pet.Discriminator()
		if err != nil {
			return err
		}
		cat, err := got.Pet.AsCat()
		if err != nil || kind != "CAT" || cat.Lives != 9 {
			return fmt.Errorf("got %q %+v %w", kind, cat, err)
		}
		var made adiscriminator.ThingPet
		made.FromCat(adiscriminator.Cat{Lives: 3})
		text, err := made.MarshalJSON()
		if err != nil || string(text) != `{"kind":"CAT","lives":3}` {
			return fmt.Errorf("made %s %w", text, err)
		}
		return nil
	})
}

func content() error {
	query := ""
	return against(func(_ http.ResponseWriter, r *http.Request) { query = r.URL.Query().Get("filter") }, func(c api.Caller) error {
		services := aparameterwithcontent.NewServices(c)
		size := int64(3)
		err := services.Things.Get(ctx, &aparameterwithcontent.GetThingParams{Filter: &aparameterwithcontent.GetThingFilter{Size: &size}})
		if err == nil && query != `{"size":3}` {
			err = fmt.Errorf("sent %q", query)
		}
		return err
	})
}

// upload sends a file that is read as it is sent, and others beside it.
func upload() error {
	var seen []string
	serve := func(w http.ResponseWriter, r *http.Request) {
		form, err := r.MultipartReader()
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		for {
			part, err := form.NextPart()
			if err != nil {
				return
			}
			text, _ := io.ReadAll(part)
			seen = append(seen, fmt.Sprintf("%s %s %d", part.FormName(), part.FileName(), len(text)))
		}
	}
	return against(serve, func(c api.Caller) error {
		services := formsandfiles.NewServices(c)
		note := "hello"
		err := services.Files.Upload(ctx, formsandfiles.UploadFileBody{
			File: api.File{Name: "a.bin", Content: io.LimitReader(zeros{}, 3<<20)}, Note: &note,
			More: []api.File{{Name: "b", Content: strings.NewReader("b")}, {Name: "c", Content: strings.NewReader("cc")}},
		})
		if got := strings.Join(seen, ", "); err == nil && got != "note  5, file a.bin 3145728, more b 1, more c 2" {
			err = fmt.Errorf("the server got %s", got)
		}
		return err
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func write() error {
	serve := func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%s %s", r.Header.Get("Content-Type"), text)
	}
	return against(serve, func(c api.Caller) error {
		services := formsandfiles.NewServices(c)
		got, err := services.Files.Write(ctx, strings.NewReader("bytes"))
		if err == nil && got != "application/octet-stream bytes" {
			err = fmt.Errorf("got %q", got)
		}
		return err
	})
}

// download reads the beginning of a file before the server sends its end.
func download() error {
	begun := make(chan struct{})
	serve := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.Header.Get("Accept"))
		_, _ = io.WriteString(w, "begin")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-begun:
		case <-r.Context().Done():
		}
		_, _ = w.Write(bytes.Repeat([]byte("x"), 1<<20))
	}
	return against(serve, func(c api.Caller) error {
		services := formsandfiles.NewServices(c)
		file, err := services.Files.Read(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		begin := make([]byte, 5)
		if _, err := io.ReadFull(file, begin); err != nil {
			return err
		}
		close(begun)
		rest, err := io.ReadAll(file)
		if err == nil && (string(begin) != "begin" || len(rest) != 1<<20) {
			err = fmt.Errorf("got %q and %d bytes", begin, len(rest))
		}
		return err
	})
}

// page is what a proxy sends in place of a file.
func page() error {
	serve := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Log in</title>")
	}
	return against(serve, func(c api.Caller) error {
		services := formsandfiles.NewServices(c)
		file, err := services.Files.Read(ctx)
		if file != nil || err == nil || !strings.Contains(err.Error(), "HTML") {
			return fmt.Errorf("got %v and the error %w", file, err)
		}
		return nil
	})
}

func change() error {
	sent := ""
	serve := func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		sent = r.Header.Get("Content-Type") + " " + string(text)
	}
	return against(serve, func(c api.Caller) error {
		services := formsandfiles.NewServices(c)
		name := "a b&c"
		err := services.Files.Change(ctx, formsandfiles.ChangeFileBody{Name: &name})
		if err == nil && sent != "application/x-www-form-urlencoded name=a+b%26c" {
			err = fmt.Errorf("sent %s", sent)
		}
		return err
	})
}
