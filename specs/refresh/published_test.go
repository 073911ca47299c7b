package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hotcold-go/hotcold/specs/document"
)

// published is a small document as a vendor may publish it, in YAML without its head, and what
// becomes of it. Each stands for a kind of document that was once read wrongly without a word.
type published struct {
	name     string
	document string
	lines    []string // of the report of pull
	code     []string // in the generated Go, with blanks squeezed
	not      []string // not in it
	refused  string   // the error, if there is no Go
}

const publishedHead = "openapi: 3.0.3\ninfo: {title: made up, version: '1.0'}\n"

// getting is a document with one operation, whose result has these members.
func getting(members string) string {
	return `paths: {/things: {get: {operationId: getThing, tags: [Things], responses: {'200': {description: OK, content: {application/json: {schema: {type: object, properties: {` + members + `}}}}}}}}}`
}

var publishedDocuments = []published{
	{name: "fractions", document: getting(`a: {type: number, format: float}, b: {type: number, example: 0.25}, c: {type: number, multipleOf: 0.01}, d: {type: number, minimum: 0.5}, e: {type: number, example: 3}, f: {type: integer, example: '0.5'}`),
		code: []string{"A float64 ", "B float64 ", "C float64 ", "D float64 ", "E int64 ", "F float64 "}},
	{name: "fractions in examples of another place", document: `paths: {/things: {get: {operationId: getThing, tags: [Things], parameters: [{in: query, name: share, example: 0.5, schema: {type: number}}],
		responses: {'200': {description: OK, content: {application/json: {example: {list: [{ratio: 0.5}], all: {x: 1.5}}, schema: {$ref: '#/components/schemas/thing'}}}}}}}}
components: {schemas: {thing: {type: object, properties: {list: {type: array, items: {type: object, properties: {ratio: {type: number}, count: {type: number}}}}, all: {type: object, additionalProperties: {type: number}}}}}}`,
		code: []string{"Ratio float64 ", "Count int64 ", "All map[string]float64 ", "Share *float64 "}},
	{name: "numbers of 64 bits", document: getting(`inode: {type: number}, resume_cookie: {type: integer}, hashId: {type: integer}, free_bytes: {type: integer, maximum: 18446744073709551615}, used_bytes: {type: number, example: 18446744073709552000}, count: {type: integer, maximum: 9223372036854775807}, hash: {type: string}`),
		code: []string{"Inode uint64 ", "ResumeCookie uint64 ", "HashID uint64 ", "FreeBytes uint64 ", "UsedBytes uint64 ", "Count int64 ", "Hash string "}},
	{name: "references", document: `paths:
  /things/{uid}:
    parameters: [{$ref: '#/components/parameters/uid'}]
    get: {operationId: getThing, tags: [Things], parameters: [{$ref: '#/components/parameters/fresh'}], responses: {'200': {$ref: '#/components/responses/thing'}, '404': {$ref: '#/components/responses/404'}}}
    put: {operationId: setThing, tags: [Things], requestBody: {$ref: '#/components/requestBodies/thing'}, responses: {'204': {description: done}}}
  /same/{uid}: {$ref: '#/x-items/same'}
x-items: {same: {parameters: [{$ref: '#/components/parameters/uid'}], delete: {operationId: deleteSame, tags: [Things], responses: {'201': {$ref: '#/components/responses/404'}}}}}
components:
  parameters: {uid: {in: path, name: uid, required: true, schema: {type: string}}, fresh: {in: query, name: fresh, schema: {type: boolean}}}
  requestBodies: {thing: {content: {application/json: {schema: {type: object, properties: {size: {type: integer}}}}}}}
  responses: {thing: {description: a thing, content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}, '404': {description: none, content: {application/json: {schema: {type: object, properties: {message: {type: string}}}}}}}`,
		code: []string{"Get(ctx context.Context, uid string, params *GetThingParams, options ...api.CallOption) (*Thing, error)",
			"Set(ctx context.Context, uid string, body SetThingBody, options ...api.CallOption) error", "DeleteSame(ctx context.Context, uid string, options ...api.CallOption) error"}},
	{name: "a path item that repeats an id", document: `paths: {/things: {get: {operationId: getThing, tags: [Things], responses: {'200': {description: OK}}}}, /others: {$ref: '#/paths/~1things'}}`,
		refused: "GET /others and GET /things have one operationId, getThing"},
	{name: "a reference in a circle", document: `paths: {/things: {$ref: '#/paths/~1others'}, /others: {$ref: '#/paths/~1things'}}`, refused: "refers to itself"},
	{name: "HEAD and callbacks", document: `paths: {/things: {head: {operationId: checkThing, tags: [Things], responses: {'200': {description: OK, content: {application/json: {schema: {type: string}}}}}},
		post: {operationId: watchThing, tags: [Things], callbacks: {changed: {'{$request.body#/url}': {post: {responses: {'200': {description: OK}}}}}}, responses: {'200': {description: OK}}}}}`,
		code: []string{"Check(ctx context.Context, options ...api.CallOption) error", "http.MethodHead"}, lines: []string{"left out: callbacks, which the server sends, of POST /things"}},
	{name: "enumerations", document: getting(`a: {type: string, nullable: true, enum: [on, "off", null]}, b: {type: string, enum: ["it's", plain]}, c: {type: integer, enum: [-1, 0, 1, 2]}, d: {enum: [x, y, x]}, e: {type: boolean, enum: [true]}, f: {type: string, enum: ['+1', '-1', '1']}`),
		code: []string{"A *ThingA ", `ThingAOff ThingA = "off"`, `= "it's"`, "ThingCMinus1 ThingC = -1", "ThingCN1 ThingC = 1", `ThingDX ThingD = "x"`, "E bool ", `ThingFPlus1 ThingF = "+1"`, `ThingFMinus1 ThingF = "-1"`, `ThingFN1 ThingF = "1"`},
		not:  []string{"nil>"}},
	{name: "allOf", document: getting(`a: {allOf: [{$ref: '#/components/schemas/base'}], nullable: true}, b: {allOf: [{$ref: '#/components/schemas/base'}, {type: object, required: [size], properties: {size: {type: integer}}}]}`) +
		"\ncomponents: {schemas: {base: {type: object, properties: {name: {type: string}}}}}",
		code: []string{"A *Base ", "B ThingB ", "type ThingB struct { Name string `json:\"name\"` Size int64 "}},
	{name: "a discriminator", document: getting(`pet: {oneOf: [{$ref: '#/components/schemas/cat'}, {$ref: '#/components/schemas/dog'}], discriminator: {propertyName: kind, mapping: {CAT: '#/components/schemas/cat'}}}, from: {$ref: '#/components/schemas/base'}`) +
		"\ncomponents: {schemas: {cat: {type: object, properties: {kind: {type: string}, lives: {type: integer}}}, dog: {type: object, required: [kind], properties: {kind: {type: string}}}," +
		"base: {type: object, properties: {type: {type: string}}, discriminator: {propertyName: type}}, derived: {allOf: [{$ref: '#/components/schemas/base'}, {type: object, properties: {more: {type: string}}}]}}}",
		code: []string{"Pet ThingPet ", "func (v ThingPet) AsCat() (value Cat, err error)", "func (v *ThingPet) FromDog(value Dog) {", "func (v ThingPet) Discriminator() (string, error)", `"CAT"`,
			"From Base ", "func (v Base) AsDerived() (value Derived, err error)", "type Derived struct { More string `json:\"more\"` Type string"}},
	{name: "alternatives", document: getting(`a: {oneOf: [{type: string}, {type: object, properties: {x: {type: string}}}]}, b: {anyOf: [{type: string, format: ipv4}, {type: string, format: ipv6}]}, c: {type: object, properties: {x: {type: string}, y: {type: string}}, anyOf: [{required: [x]}, {required: [y]}]}, d: {oneOf: [{$ref: '#/components/schemas/either'}, {enum: [null]}]}`) +
		"\ncomponents: {schemas: {either: {anyOf: [{type: integer}, {type: array, items: {type: string}}]}}}",
		code:  []string{"A json.RawMessage ", "B string ", "C ThingC ", "type Either = json.RawMessage", "D Either "},
		lines: []string{"raw JSON: #/paths/~1things/get/responses/200/content/application~1json/schema/properties/a is one of several types", "raw JSON: #/components/schemas/either is one of several types"}},
	{name: "forms and files", document: `paths: {/files: {post: {operationId: uploadFile, tags: [Files], requestBody: {content: {multipart/form-data: {schema: {type: object, required: [file], properties: {file: {type: string, format: binary}, more: {type: array, items: {type: string, format: binary}}, note: {type: string}}}}}}, responses: {'200': {description: OK}}},
		put: {operationId: writeFile, tags: [Files], requestBody: {content: {application/octet-stream: {}}}, responses: {'200': {description: OK, content: {text/plain: {schema: {type: string}}}}}},
		get: {operationId: readFile, tags: [Files], responses: {'200': {description: OK, content: {application/octet-stream: {schema: {type: string, format: binary}}}}}},
		patch: {operationId: changeFile, tags: [Files], requestBody: {content: {application/x-www-form-urlencoded: {schema: {type: object, properties: {name: {type: string}}}}}}, responses: {'200': {description: OK}}}}}`,
		code: []string{"File api.File ", "More []api.File ", "Upload(ctx context.Context, body UploadFileBody, options ...api.CallOption) error", "Write(ctx context.Context, body io.Reader, options ...api.CallOption) (result string, err error)",
			"Read(ctx context.Context, options ...api.CallOption) (result io.ReadCloser, err error)", `Sends: "multipart/form-data"`, "Change(ctx context.Context, body ChangeFileBody,"}},
	{name: "headers and cookies", document: `paths: {/things: {get: {operationId: getThing, tags: [Things], parameters: [{in: header, name: X-Trace, schema: {type: string}}, {in: cookie, name: session, schema: {type: string}}, {in: header, name: Accept, required: true, schema: {type: string}}], responses: {'200': {description: OK}}}}}`,
		code: []string{"Get(ctx context.Context, options ...api.CallOption) error"}, lines: []string{`left out: the optional header parameter "X-Trace" of GET /things`, `left out: the optional cookie parameter "session" of GET /things`}},
	{name: "a required header", document: `paths: {/things: {get: {operationId: getThing, tags: [Things], parameters: [{in: header, name: X-Trace, required: true, schema: {type: string}}], responses: {'200': {description: OK}}}}}`,
		code: []string{"// The server requires the header X-Trace: set it in a call option, which gets the request."}, lines: []string{`left out: the required header parameter "X-Trace", which a call option has to give, of GET /things`}},
	{name: "a parameter with content", document: `paths: {/things: {get: {operationId: getThing, tags: [Things], parameters: [{in: query, name: filter, content: {application/json: {schema: {type: object, properties: {size: {type: integer}}}}}}], responses: {'200': {description: OK}}}}}`,
		code: []string{"Filter *GetThingFilter ", `Style: "json"`}},
	{name: "a component that is sent in a list", document: `paths: {/things: {post: {operationId: setThings, tags: [Things], requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/all'}}}}, responses: {'200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/all'}}}}}}}}
components: {schemas: {all: {type: array, items: {$ref: '#/components/schemas/one'}}, one: {type: object, properties: {name: {type: string}}}}}`,
		code: []string{"type AllInput []OneInput", "type All []One"}},
	{name: "an interface of forms", document: `paths:
  /v1/charges:
    get: {operationId: GetCharges, tags: [Charges], parameters: [{in: query, name: created, style: deepObject, explode: true, schema: {anyOf: [{type: object, properties: {gt: {type: integer}}}, {type: integer}]}}, {in: query, name: expand, style: deepObject, explode: true, schema: {type: array, items: {maxLength: 5000, type: string}}}],
      requestBody: {content: {application/x-www-form-urlencoded: {encoding: {}, schema: {type: object, properties: {}}}}, required: false}, responses: {'200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/charge'}}}}, default: {description: error, content: {application/json: {schema: {$ref: '#/components/schemas/error'}}}}}}
    post: {operationId: PostCharges, tags: [Charges], requestBody: {content: {application/x-www-form-urlencoded: {encoding: {metadata: {explode: true, style: deepObject}}, schema: {type: object, properties: {amount: {type: integer}, metadata: {anyOf: [{type: object, additionalProperties: {type: string}}, {type: string, enum: ['']}]}, shipping: {type: object, properties: {name: {type: string}}}}}}}}, responses: {'200': {description: OK}}}
components: {schemas: {error: {type: object, properties: {message: {type: string}}}, customer: {type: object, properties: {charge: {$ref: '#/components/schemas/charge'}}},
  charge: {type: object, required: [id], properties: {id: {type: string}, customer: {anyOf: [{maxLength: 5000, type: string}, {$ref: '#/components/schemas/customer'}]}, object: {type: string, enum: [charge]}}}}}`,
		code:  []string{"Get(ctx context.Context, params *GetChargesParams, options ...api.CallOption) (*Charge, error)", "Customer json.RawMessage ", "Shipping *PostChargesBodyShipping ", `Sends: "application/x-www-form-urlencoded"`},
		lines: []string{"raw JSON: #/components/schemas/charge/properties/customer is one of several types"}},
	{name: "paths that differ in a name", document: `paths:
  /things/{name}: {get: {operationId: getThing, tags: [Things], parameters: [{in: path, name: name, required: true, schema: {type: string}}], responses: {'200': {description: OK}}}}
  /things/{uid}: {parameters: [{in: path, name: uid, required: true, schema: {type: string}}], delete: {operationId: things/delete, tags: [Things], responses: {'200': {description: OK}}}}`,
		code: []string{"Delete(ctx context.Context, name string,", `ID: "things/delete"`}},
	{name: "names that meet", document: getting(`stats: {$ref: '#/components/schemas/stats'}, rule: {$ref: '#/components/schemas/rule'}, other: {$ref: '#/components/schemas/rule-state'}, '+1': {type: integer}, '-1': {type: integer}, 3d: {type: boolean}`) +
		"\ncomponents: {schemas: {stats: {type: array, items: {type: object, properties: {a: {type: string}}}}, rule: {type: object, properties: {state: {type: object, properties: {a: {type: string}}}, sort: {type: string, enum: ['/', '*', reactions-+1, reactions--1]}}}, rule-state: {type: object, properties: {b: {type: string}}}}}",
		code: []string{"type Stats []StatsItem", "State RuleStateValue ", "Plus1 int64 `json:\"+1\"`", "Minus1 int64 ", "N3D bool ", `RuleSortSlash RuleSort = "/"`, `RuleSortReactionsMinus1 RuleSort = "reactions--1"`}},
	{name: "OpenAPI 3.1", document: "openapi: 3.1.0\n" + `jsonSchemaDialect: https://spec.openapis.org/oas/3.1/dialect/base
webhooks: {changed: {post: {responses: {'200': {description: OK}}}}}
paths: {/things: {$ref: '#/components/pathItems/things'}}
components:
  pathItems: {things: {get: {operationId: getThing, tags: [Things], responses: {'200': {description: OK, content: {application/json: {schema: {$ref: '#/components/schemas/thing'}}}}}}}}
  schemas:
    base: {type: object, properties: {name: {type: string}}}
    thing: {type: object, properties: {
      a: {type: [string, 'null']}, b: {const: fixed}, c: {type: number, exclusiveMinimum: 0, exclusiveMaximum: 10}, d: {type: number, examples: [0.5]},
      e: {$ref: '#/components/schemas/base', description: with siblings}, f: {$ref: '#/components/schemas/base', required: [size], properties: {size: {type: integer}}},
      g: {anyOf: [{$ref: '#/components/schemas/base'}, {type: 'null'}]}, h: {type: [string, integer]}, i: {type: array, prefixItems: [{type: string}, {type: integer}]},
      j: {type: string, contentEncoding: base64}, k: true, l: {$ref: '#/components/schemas/thing/$defs/inner'}, m: {type: [object, 'null'], patternProperties: {'^x': {type: [integer, 'null']}}}},
      $defs: {inner: {type: object, properties: {deep: {type: boolean}}}}, if: {required: [a]}}`,
		code: []string{"A *string ", `ThingBFixed ThingB = "fixed"`, "C int64 ", "D float64 ", "E Base ", "F ThingF ", "Size int64 ", "G *Base ", "H json.RawMessage ", "I []json.RawMessage ", "J []byte ", "K json.RawMessage ", "Deep bool ", "M map[string]*int64 "},
		lines: []string{"left out: webhooks, which the server sends, of changed", "raw JSON: one of the types [string integer] at #/components/schemas/thing/properties/h, which OpenAPI 3.0 cannot say",
			"raw JSON: items that differ by position at #/components/schemas/thing/properties/i", "left out: if at #/components/schemas/thing,"}},
}

// TestPublishedDocuments goes from each small document through pull, repair and generation to
// Go that compiles, and calls some of it: see testdata/calls.
func TestPublishedDocuments(t *testing.T) {
	imports := exported(t)
	made := map[string][]byte{} // by package
	for _, d := range publishedDocuments {
		t.Run(d.name, func(t *testing.T) {
			served := d.served()
			pulled, err := project{product: "weka"}.contractOf(served, order{defects: true})
			if err != nil {
				d.check(t, "", err)
				return
			}
			for _, line := range d.lines {
				if !strings.Contains(strings.Join(pulled.lines, "\n"), line) {
					t.Errorf("no line says %q:\n%s", line, strings.Join(pulled.lines, "\n"))
				}
			}
			if len(d.lines) == 0 && len(pulled.lines) > 0 {
				t.Errorf("lines without a reason: %q", pulled.lines)
			}
			text, err := document.Encode(pulled.contract)
			if err != nil {
				t.Fatal(err)
			}
			effective, err := project{product: "weka"}.effectiveOf(text)
			if err != nil {
				d.check(t, "", err)
				return
			}
			d.check(t, typeChecked(t, imports, effective), nil)
			if d.refused == "" {
				made[d.packageName()] = effective
			}
		})
	}
	t.Run("calls", func(t *testing.T) { callPublished(t, made) })
}

func (d published) packageName() string {
	return strings.ToLower(strings.ReplaceAll(d.name, " ", ""))
}

// callPublished runs testdata/calls with the packages that it imports, which are generated into
// a folder that only the compiler sees at its place.
func callPublished(t *testing.T, made map[string][]byte) {
	const program = "specs/refresh/testdata/calls"
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, program, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	dir, replace := t.TempDir(), map[string]string{}
	for name, effective := range made {
		if !strings.Contains(string(text), "/calls/"+name+`"`) {
			continue
		}
		for _, half := range halves {
			code, err := project{root: root, product: "weka"}.generated(half, effective)
			if err != nil {
				t.Fatal(err)
			}
			replace[filepath.Join(root, program, name, half+".gen.go")] = write0(t, dir, name+half+".go", string(code))
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "go", "run", "-overlay", write0(t, dir, "overlay.json", string(overlay)), "./"+program)
	run.Dir, run.Env = root, inCopy()
	if output, err := run.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

func (d published) served() []byte {
	if strings.HasPrefix(d.document, "openapi:") {
		version, rest, _ := strings.Cut(d.document, "\n")
		return []byte(strings.Replace(publishedHead, "openapi: 3.0.3", version, 1) + rest)
	}
	return []byte(publishedHead + d.document)
}

func (d published) check(t *testing.T, code string, err error) {
	t.Helper()
	if (err != nil) != (d.refused != "") || err != nil && (!strings.Contains(err.Error(), d.refused) || strings.Contains(err.Error(), "\n")) {
		t.Fatalf("error is %v, want one line that says %q", err, d.refused)
	}
	if t.Log(code); len(d.code) > 0 && code == "" {
		t.Fatal("there is no Go")
	}
	squeezed := strings.Join(strings.Fields(code), " ")
	for _, want := range d.code {
		if !strings.Contains(squeezed, want) {
			t.Errorf("the Go does not have %q", want)
		}
	}
	for _, unwanted := range d.not {
		if strings.Contains(squeezed, unwanted) {
			t.Errorf("the Go has %q", unwanted)
		}
	}
}
