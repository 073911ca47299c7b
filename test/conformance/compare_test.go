package main

import (
	"strings"
	"testing"
)

func TestDifference(t *testing.T) {
	for _, test := range []struct{ name, response, result, want string }{
		{"the same", `{"a":[1,"x",true,null],"b":{"c":0.5}}`, `{"a":[1,"x",true,null],"b":{"c":0.5}}`, ""},
		{"order", `{"a":1,"b":2}`, `{"b":2,"a":1}`, ""},

		{"unknown members are dropped", `{"a":1,"member_of_a_later_release":{"x":1}}`, `{"a":1}`, ""},
		{"no other member is dropped", `{"a":1,"b":2}`, `{"a":1}`, "r.b: is 2 in the response and absent"},
		{"absent is zero", `{"a":0,"b":"","c":false,"d":[],"e":{"f":{"g":0.0}}}`, `{}`, ""},
		{"zero is absent", `{}`, `{"a":0,"b":"","c":false,"d":[],"e":null,"f":{}}`, ""},
		{"zero of another type", `{"a":0}`, `{"a":false}`, "r.a"},
		{"a list of zeros is not absent", `{"a":[0]}`, `{}`, "r.a"},
		{"a member that was not sent", `{}`, `{"a":1}`, "r.a: is absent in the response"},
		{"a null list is empty", `{"a":null,"b":[]}`, `{"a":[],"b":null}`, ""},
		{"a null list has no items", `[null]`, `[[1]]`, "r[0]"},
		{"null in a list of objects", `[null]`, `[{}]`, "r[0]"},
		{"a quoted number is a number", `{"a":"9007199254740993"}`, `{"a":9007199254740993}`, ""},
		{"a number is not a quoted one", `{"a":9007199254740993}`, `{"a":"9007199254740993"}`, "r.a"},

		{"one digit", `9007199254740993`, `9007199254740992`, "r: is 9007199254740993 in the response"},
		{"one digit, quoted", `"18446744073709551615"`, `18446744073709551616`, "r:"},
		{"two spellings", `{"a":1e3,"b":1.50}`, `{"a":1000,"b":1.5}`, ""},
		{"another string", `"a"`, `"b"`, "r:"},
		{"a string that is not a number", `"a"`, `1`, "r:"},
		{"another boolean", `true`, `false`, "r:"},
		{"fewer items", `[1,2]`, `[1]`, "2 items"},
		{"another item", `[1,2]`, `[1,3]`, "r[1]"},
		{"another type", `{"a":1}`, `[1]`, "r:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, err := parse([]byte(test.response))
			if err != nil {
				t.Fatal(err)
			}
			result, err := parse([]byte(test.result))
			if err != nil {
				t.Fatal(err)
			}
			got := difference("r", response, result)
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
