package ngeneatest_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

func TestSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, ngeneatest.WithTransitionTime(time.Second))
		c.srv.AddSite("other")
		c.srv.AddFile("other", "/mmfs1/data/deep/cat.jpg", 7)
		found := func(body object) (counts []int) {
			made := c.want(201, "POST", "/search/", body)
			path := "/search/" + made["id"].(json.Number).String() + "/"
			if made["url"] != c.srv.URL+"/api"+path {
				t.Errorf("url is %v", made["url"])
			}
			for range 3 {
				counts = append(counts, len(c.want(200, "GET", path, nil)["results"].([]any)))
				time.Sleep(time.Second)
			}
			return counts
		}
		for _, test := range []struct {
			body object
			want []int
		}{
			{object{"path": "/mmfs1", "recursive": true}, []int{0, 1, 3}},
			{object{"path": "/mmfs1/data"}, []int{0, 1, 2}},
			{object{"path": "/mmfs1", "recursive": true, "sites": []any{"other"}}, []int{0, 2, 2}},
			{object{"path": "/mmfs1", "recursive": true, "filters": object{"core.filename": "*.jpg"}}, []int{0, 0, 1}},
			{object{"path": "/mmfs1", "recursive": true, "filters": object{"core.filename": []any{"x", "cat.jpg"}}}, []int{0, 0, 1}},
			{object{"path": "/mmfs1", "recursive": true, "filters": object{"hsm.status": "migrated"}}, []int{0, 0, 0}},
		} {
			if got := found(test.body); !reflect.DeepEqual(got, test.want) {
				t.Errorf("%v found %v, want %v", test.body, got, test.want)
			}
		}
		c.want(400, "POST", "/search/", object{"path": "/", "sites": []any{"nope"}})
	})
}

func TestBrowse(t *testing.T) {
	c := start(t)
	c.srv.AddFile("dfoster1", "/mmfs1/readme", 7)
	got := c.want(200, "GET", "/file/?path=mmfs1&site=dfoster1", nil)
	if got["type"] != "directory" || got["path"] != "mmfs1" || got["url"] != c.srv.URL+"/api/file/?path=mmfs1&site=dfoster1" {
		t.Errorf("got %v", got)
	}
	if n := len(got["children"].([]any)); n != 2 {
		t.Errorf("%d children", n)
	}
	only := c.want(200, "GET", "/file/?path=mmfs1&site=dfoster1&type=file", nil)["children"].([]any)
	if len(only) != 1 || only[0].(object)["path"] != "mmfs1/readme" || only[0].(object)["size"] != json.Number("7") {
		t.Errorf("files: %v", only)
	}
	c.want(404, "GET", "/file/?path=nothing&site=dfoster1", nil)
	c.want(400, "GET", "/file/?path=mmfs1&site=nowhere", nil)
}
