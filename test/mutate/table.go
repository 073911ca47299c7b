package main

import (
	"bytes"
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

// table is mutations.yaml: the behaviours that a token lifecycle must have, by the
// numbers that the tests are named after.
type table []row

// row is one behaviour.
type row struct {
	Row       int        `yaml:"row"`
	Demand    string     `yaml:"demand"` // what the row asks for, in a few words
	Mutations []mutation `yaml:"mutations"`
}

// mutation is a change that takes the behaviour away. Old stands once in the file.
type mutation struct {
	Row     int    `yaml:"-"`
	Package string `yaml:"package"` // its folder, from the root of the repository
	Test    string `yaml:"test"`    // the test that must fail
	File    string `yaml:"file"`    // in the package's folder
	Old     string `yaml:"old"`
	New     string `yaml:"new"`
}

//go:embed mutations.yaml
var committed []byte

func readTable() (table, error) {
	var t table
	decoder := yaml.NewDecoder(bytes.NewReader(committed))
	decoder.KnownFields(true)
	if err := decoder.Decode(&t); err != nil {
		return nil, fmt.Errorf("mutations.yaml: %w", err)
	}
	for _, r := range t {
		for i := range r.Mutations {
			r.Mutations[i].Row = r.Row
		}
	}
	return t, nil
}

func (t table) mutations() []mutation {
	var all []mutation
	for _, r := range t {
		all = append(all, r.Mutations...)
	}
	return all
}
