package call_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"testing"

	"github.com/hotcold-go/hotcold/overlay/api"
	"github.com/hotcold-go/hotcold/overlay/call"
)

// fileSystems writes the answer of a list of n filesystems.
func fileSystems(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"data":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		id := strconv.Itoa(i)
		b.WriteString(`{"id":"FSId<` + id + `>","uid":"d4f1c2a0-0000-4000-8000-` + id + `","name":"fs-` + id +
			`","auto_max_files":true,"status":"READY","total_budget":1099511627776,"used_total":` + id +
			`,"used_ssd":4096,"available_ssd":1099511627776,"free_total":1099511623680,"inode_id":11326619722725392385` +
			`,"max_files":107374182,"data_reduction_ratio":1.25,"is_ready":true,"is_creating":false,"group_name":"default"` +
			`,"obs_buckets":[{"obs_name":"store-1","ratio":0.5}],"max_throughput":null}`)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

var number = regexp.MustCompile(`:([0-9][0-9.]*)`)

func quoteNumbers(document []byte) []byte {
	return number.ReplaceAll(document, []byte(`:"$1"`))
}

// answering is a transport that gives every request the same answer.
type answering struct {
	status int
	header http.Header
	body   []byte
}

func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: -1}, nil
}

func BenchmarkList10k(b *testing.B) {
	clean := fileSystems(10_000)
	list := api.NewOperation(api.Definition{ID: "list", Method: "GET", Path: "/fileSystems", Result: api.ResultData})
	for name, document := range map[string][]byte{"clean": clean, "quoted": quoteNumbers(clean)} {
		b.Run(name, func(b *testing.B) {
			c := call.New(call.Config{
				Base:      &url.URL{Scheme: "https", Host: "weka01:14000", Path: "/api/v2"},
				Transport: answering{status: 200, body: document},
			})
			b.SetBytes(int64(len(document)))
			b.ReportAllocs()
			for b.Loop() {
				var out []fileSystem
				if err := c.Call(context.Background(), list, nil, nil, nil, &out); err != nil || len(out) != 10_000 {
					b.Fatal(err, len(out))
				}
			}
		})
	}
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(clean)))
		b.ReportAllocs()
		for b.Loop() {
			var out struct {
				Data []fileSystem `json:"data"`
			}
			if err := json.NewDecoder(bytes.NewReader(clean)).Decode(&out); err != nil || len(out.Data) != 10_000 {
				b.Fatal(err)
			}
		}
	})
}
