package ngeneatest_test

import (
	"fmt"
	"strings"
	"testing"
)

// The errors of a body are by field, and by item in lists.
func TestFieldErrors(t *testing.T) {
	c := start(t)
	good := func() object {
		return object{
			"name": "w", "label": "W", "icon_classes": []any{}, "fields": []any{},
			"filter_rules": []any{object{"state": "all", "type": "all", "action": []any{object{"name": "x"}}}},
		}
	}
	for member, test := range map[string]struct {
		value any
		text  string
	}{
		"name":         {"two words", `["This field may not contain spaces."]`},
		"label":        {strings.Repeat("é", 101), `["Ensure this field has no more than 100 characters."]`},
		"enabled":      {"x", `["Must be a valid boolean."]`},
		"icon_classes": {"x", `["Expected a list of items."]`},
		"discovery":    {"some", `["\"some\" is not a valid choice."]`},
		"filter_rules": {[]any{
			object{"state": "all", "type": "all", "action": []any{}}, object{"state": 1, "action": []any{}},
		}, `[{},{"state":["Not a valid string."],"type":["This field is required."]}]`},
	} {
		body := good()
		body[member] = test.value
		c.wantText(400, fmt.Sprintf(`{"%s":%s}`, member, test.text), "POST", "/workflows/", body)
	}
	body := good()
	body["filter_rules"].([]any)[0].(object)["type"] = "folder"
	c.wantText(400, `{"filter_rules":[{"type":["\"folder\" is not a valid choice."]}]}`, "POST", "/workflows/", body)
	c.wantText(400, `{"non_field_errors":["Invalid data. Expected a dictionary."]}`, "POST", "/workflows/", []any{1})
	body = good()
	body["name"] = "migrate"
	c.wantText(400, `{"name":["workflow with this name already exists."]}`, "POST", "/workflows/", body)
}
