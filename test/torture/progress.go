package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// progress is what a writer has said so far.
type progress struct {
	found, writing, wrote string // the last name of each
	writings              int

	since time.Time
	took  time.Duration // the last whole write, as far as one saw it from here
}

func (p *progress) add(line string) {
	what, name, _ := strings.Cut(line, " ")
	switch what {
	case found:
		if p.writings == 0 {
			p.found = name
		}
	case writing:
		p.writing, p.since = name, time.Now()
		p.writings++
	case wrote:
		p.wrote, p.took = name, time.Since(p.since)
	}
}

var errTorn = errors.New("torn")

// readPair gives the name of the pair in a folder's token file, "" if there is none.
func readPair(folder string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(files) == 0 {
		return "", err
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return "", err
	}
	var entry struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if json.Unmarshal(text, &entry) != nil {
		return "", errTorn
	}
	name := nameOf(entry.Access, "access")
	if name == "" || name != nameOf(entry.Refresh, "refresh") {
		return "", errTorn
	}
	return name, nil
}
