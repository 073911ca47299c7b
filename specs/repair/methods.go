package repair

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/hotcold-go/hotcold/specs/document"
)

// Names is names.yaml: how words of operationIds and types are spelled, the names of services,
// and the names of methods that the rule would make badly.
type Names struct {
	Words    document.Spelling `yaml:"words"` // by word in lower case
	Services struct {
		Named      map[string]string `yaml:"named"`      // by tag, if it is not the plural
		Unchanged  []string          `yaml:"unchanged"`  // services whose names are not plurals
		Subsystems []string          `yaml:"subsystems"` // services whose noun is left out of the names of methods
	} `yaml:"services"`
	Methods map[string]string `yaml:"methods"` // by operationId
}

// Committed is what operations.tsv locks of an operation.
type Committed struct{ ID, Service, Method, Shape string }

// ReadNames reads names.yaml.
func ReadNames(text []byte) (n Names, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&n); err != nil {
		return n, err
	}
	for word, replacement := range n.Words {
		if word != strings.ToLower(word) || len(document.Words(word)) != 1 {
			return n, fmt.Errorf("%q must be one word in lower case", word)
		}
		if replacement != strings.Join(n.Words.Words(replacement), "") && replacement != "" {
			return n, fmt.Errorf("%s: %q is not a Go name, or would be respelled again", word, replacement)
		}
	}
	for id, method := range n.Methods {
		if !document.Exported(method) || document.GoName(method) != method {
			return n, fmt.Errorf("%s: %q is not the name of a method", id, method)
		}
	}
	return n, nil
}

// Service returns the name of the service for the operations of a tag.
func (n *Names) Service(tag string) string {
	if name := n.Services.Named[tag]; name != "" {
		return name
	}
	words := n.Words.Words(tag)
	if name := strings.Join(words, ""); len(words) == 0 || n.isUnchanged(name) {
		return name
	}
	last := len(words) - 1
	words[last] = document.Plural(words[last])
	return strings.Join(words, "")
}

func (n *Names) isUnchanged(service string) bool {
	return slices.Contains(n.Services.Unchanged, service) || slices.Contains(n.Services.Subsystems, service)
}

// operationsGetNames gives each operation its service and the name of its method. Committed
// names stay; the rule names new operations:
//
//  1. the noun of the service, singular or plural, is removed after the verb,
//  2. and at the end after To or From, with that word;
//  3. in a subsystem it is removed everywhere;
//  4. elsewhere it stays;
//  5. Get becomes List if the last word is a plural and the result is a list;
//  6. if two methods of a service, or a method and a committed one, have the same name, the
//     new ones keep the whole name.
func operationsGetNames(r *repairing) error {
	n := &r.rules.Names
	all := document.Operations(r.document)
	taken := map[string]int{} // how many operations have a service.method
	var added []document.Operation
	for _, o := range all {
		o.Object["x-go-id"] = n.Words.GoName(o.ID())
		service, method := n.Service(tagOf(o)), n.Methods[o.ID()]
		if committed := r.rules.Committed[o.Route()]; committed.ID == o.ID() {
			service, method = committed.Service, committed.Method
		}
		if method == "" {
			method = n.method(service, o.ID(), listsThings(r.document, o))
			added = append(added, o)
		}
		o.Object["x-service"], o.Object["x-method"] = service, method
		taken[service+"."+method]++
	}
	for _, o := range added {
		if taken[o.Object.Text("x-service")+"."+o.Object.Text("x-method")] > 1 {
			o.Object["x-method"] = o.Object["x-go-id"]
		}
	}
	return nil
}

// tagOf returns the first tag of an operation, which names its service, or "".
func tagOf(o document.Operation) string {
	for _, tag := range o.Object.List("tags") {
		return document.AsText(tag)
	}
	return ""
}

// method names a method by the rules 1 to 5.
func (n *Names) method(service, id string, lists bool) string {
	words := n.Words.Words(id)
	if len(words) == 0 {
		return ""
	}
	if lists && words[0] == "Get" && document.IsPlural(words[len(words)-1]) {
		words[0] = "List"
	}
	for _, noun := range nouns(service) {
		if followsVerb(words, noun) {
			words = slices.Delete(words, 1, 1+len(noun))
		}
		if end := len(words) - len(noun) - 1; end > 0 && (words[end] == "To" || words[end] == "From") && slices.Equal(words[end+1:], noun) {
			words = words[:end]
		}
		for i := 1; slices.Contains(n.Services.Subsystems, service) && i+len(noun) <= len(words); i++ {
			if slices.Equal(words[i:i+len(noun)], noun) {
				words = slices.Delete(words, i, i+len(noun))
			}
		}
	}
	return strings.Join(words, "")
}

func followsVerb(words, noun []string) bool {
	return len(words) > len(noun) && slices.Equal(words[1:1+len(noun)], noun)
}

// nouns returns the words of a service in the plural and in the singular.
func nouns(service string) [][]string {
	many := document.Spelling(nil).Words(service)
	if len(many) == 0 {
		return nil
	}
	one := slices.Clone(many)
	one[len(one)-1] = document.Singular(one[len(one)-1])
	if slices.Equal(one, many) {
		return [][]string{many}
	}
	return [][]string{many, one}
}

// listsThings reports whether a result is a list, a page, or an object with only a list.
func listsThings(doc document.Object, o document.Operation) bool {
	if o.Object["x-page"] != nil {
		return true
	}
	schema := o.ResponseSchema()
	if resultOf(o) == resultData {
		schema = schema.Object("properties", "data")
	}
	schema = document.Resolve(doc, schema)
	if properties := schema.Object("properties"); len(properties) == 1 {
		for name := range properties {
			schema = document.Resolve(doc, properties.Object(name))
		}
	}
	return schema["items"] != nil
}

// CheckNames returns an error if an entry of names.yaml has no effect on an effective
// document: a word or a service that does not occur, or a method that the rule names alike.
func (rules *Rules) CheckNames(effective document.Object) error {
	n := &rules.Names
	words, tags, services, methods := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]string{}
	note := func(name string) {
		for _, word := range document.Words(name) {
			words[strings.ToLower(word)] = true
		}
	}
	for _, o := range document.Operations(effective) {
		tag := tagOf(o)
		note(o.ID())
		note(tag)
		tags[tag], services[o.Object.Text("x-service")] = true, true
		methods[o.ID()] = o.Object.Text("x-method")
		if by := n.method(o.Object.Text("x-service"), o.ID(), listsThings(effective, o)); by == n.Methods[o.ID()] {
			return fmt.Errorf("names.yaml: the rule also makes %s of %s: remove the entry", by, o.ID())
		}
	}
	var errs []error
	for _, word := range slices.Sorted(maps.Keys(n.Words)) {
		if !words[word] {
			errs = append(errs, fmt.Errorf("names.yaml respells %q, which no operationId has", word))
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(n.Services.Named)) {
		if !tags[tag] {
			errs = append(errs, fmt.Errorf("names.yaml names the service of %q, which is not a tag", tag))
		}
	}
	for _, service := range slices.Concat(n.Services.Unchanged, n.Services.Subsystems) {
		if !services[service] {
			errs = append(errs, fmt.Errorf("names.yaml lists %s, which is not a service", service))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(n.Methods)) {
		if methods[id] != n.Methods[id] {
			errs = append(errs, fmt.Errorf("names.yaml calls %s %s, and it is %q: committed names stay", id, n.Methods[id], methods[id]))
		}
	}
	return errors.Join(errs...)
}
