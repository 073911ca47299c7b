package ngeneatest_test

import (
	"testing"

	"github.com/hotcold-go/hotcold/overlay/internal/simulator/simulatortest"
	"github.com/hotcold-go/hotcold/overlay/ngenea/ngeneatest"
)

// A job that is submitted between two pages moves the others, so that one is in both.
func TestPages(t *testing.T) {
	c := start(t)
	for range 25 {
		c.submit()
	}
	first := c.want(200, "GET", "/jobs/?colour=red", nil)
	if first["next"] != c.srv.URL+"/api/jobs/?colour=red&page=2" || first["previous"] != nil || simulatortest.Encode(t, first["count"]) != "25" {
		t.Errorf("next %v, previous %v, count %v", first["next"], first["previous"], first["count"])
	}
	c.submit()
	second := c.want(200, "GET", "/jobs/?colour=red&page=2", nil)
	if second["next"] != nil || second["previous"] != c.srv.URL+"/api/jobs/?colour=red" {
		t.Errorf("next %v, previous %v", second["next"], second["previous"])
	}
	last := first["results"].([]any)[19].(object)["id"]
	if got := second["results"].([]any)[0].(object)["id"]; got != last {
		t.Errorf("page 2 begins with %v, want %v again", got, last)
	}
	for query, want := range map[string]int{"?page_size=0": 26, "?page_size=5": 5, "?page_size=200": 26, "": 20} {
		if got := len(c.want(200, "GET", "/jobs/"+query, nil)["results"].([]any)); got != want {
			t.Errorf("%q has %d items, want %d", query, got, want)
		}
	}
}

func TestBehindProxy(t *testing.T) {
	c := start(t, ngeneatest.BehindProxy("http://hub.internal:8000/"))
	c.submit()
	c.submit()
	page := c.want(200, "GET", "/jobs/?page_size=1", nil)
	if page["next"] != "http://hub.internal:8000/api/jobs/?page=2&page_size=1" {
		t.Errorf("next is %v", page["next"])
	}
	if url := page["results"].([]any)[0].(object)["url"]; url != "http://hub.internal:8000/api/jobs/2/" {
		t.Errorf("url is %v", url)
	}
}
