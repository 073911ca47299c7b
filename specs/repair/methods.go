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

// Names are what names.yaml states about the names of Go: how the words of operationIds
// and types are spelled, what services are called, and the methods that read badly by rule.
type Names struct {
	Words    document.Spelling `yaml:"words"` // by word in small letters
	Services struct {
		Named      map[string]string `yaml:"named"`      // by tag, where the plural is something else
		Unchanged  []string          `yaml:"unchanged"`  // services that are no plurals
		Subsystems []string          `yaml:"subsystems"` // services whose noun says nothing in the name of a method
	} `yaml:"services"`
	Methods map[string]string `yaml:"methods"` // by operationId
}

// Committed is what operations.tsv says of an operation, and what therefore stays.
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
			return n, fmt.Errorf("%q must be one word in small letters", word)
		}
		if replacement != strings.Join(n.Words.Words(replacement), "") && replacement != "" {
			return n, fmt.Errorf("%s: %q is no Go name, or would be respelled again", word, replacement)
		}
	}
	for id, method := range n.Methods {
		if !document.Exported(method) || document.GoName(method) != method {
			return n, fmt.Errorf("%s: %q is no name of a method", id, method)
		}
	}
	return n, nil
}

// Service is what the operations of a tag are called together.
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

// operationsGetNames gives each operation its service and the name of its method. What is
// committed stays; the rule makes the names of new operations:
//
//  1. the noun of the service, in the singular or the plural, goes where it follows the verb;
//  2. and where it ends the name after To or From, with that word;
//  3. in a subsystem it goes wherever it stands;
//  4. elsewhere it stays;
//  5. Get becomes List if the last word is a plural and the result is a list;
//  6. two of one service that come out alike, or one that comes out like a committed
//     name, keep their whole name.
func operationsGetNames(r *repairing) error {
	n := &r.rules.Names
	all := document.Operations(r.document)
	taken := map[string]int{} // how many come out as service.method
	var unsettled []document.Operation
	for _, o := range all {
		o.Object["x-go-id"] = n.Words.GoName(o.ID())
		service, method := n.Service(tagOf(o)), n.Methods[o.ID()]
		if committed := r.rules.Committed[o.Route()]; committed.ID == o.ID() {
			service, method = committed.Service, committed.Method
		}
		if method == "" {
			method = n.method(service, o.ID(), listsThings(r.document, o))
			unsettled = append(unsettled, o)
		}
		o.Object["x-service"], o.Object["x-method"] = service, method
		taken[service+"."+method]++
	}
	for _, o := range unsettled {
		if taken[o.Object.Text("x-service")+"."+o.Object.Text("x-method")] > 1 {
			o.Object["x-method"] = o.Object["x-go-id"]
		}
	}
	return nil
}

// tagOf is the tag that names the service of an operation, "" if there is none.
func tagOf(o document.Operation) string {
	for _, tag := range o.Object.List("tags") {
		return document.AsText(tag)
	}
	return ""
}

// method is the name of a method by the rules 1 to 5.
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

// nouns are the words of a service, and those of one of its things.
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

// listsThings reports whether a result is a list, a page, or an object of nothing but a list.
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

// CheckNames proves that every line of names.yaml has an effect on an effective document:
// a word that occurs, a service that there is, a method that the rule would call otherwise.
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
			return fmt.Errorf("names.yaml: the rule makes %s of %s too: remove it", by, o.ID())
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
			errs = append(errs, fmt.Errorf("names.yaml names the service of %q, which is no tag", tag))
		}
	}
	for _, service := range slices.Concat(n.Services.Unchanged, n.Services.Subsystems) {
		if !services[service] {
			errs = append(errs, fmt.Errorf("names.yaml lists %s, which is no service", service))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(n.Methods)) {
		if methods[id] != n.Methods[id] {
			errs = append(errs, fmt.Errorf("names.yaml calls %s %s, and it is %q: what operations.tsv has stays", id, n.Methods[id], methods[id]))
		}
	}
	return errors.Join(errs...)
}
