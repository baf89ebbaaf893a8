package submitted

import (
	"encoding/json"
	"reflect"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// maxMediumBytes bounds one medium as it is stored. One with a longer address, such as a whole picture, is stored
// without its address.
const maxMediumBytes = 64 << 10

// medium is what the wizard reads of one.
type medium struct {
	Set *bool   `json:"set"`
	URL *string `json:"url"`
}

// ParseMedia picks the media of the wizard's personalization step from the data that was posted, in a form that can be
// stored, without API keys; null is left out, and so are other fields. Media whose address is too long to be kept are
// named in shortened. Errors are *InputError with the path of the value below the data.
func ParseMedia(data map[string]json.RawMessage) (media onboarding.PersonaMedia, shortened []string, err error) {
	for _, name := range onboarding.MediaNames() {
		if isNull(data[name]) {
			continue
		}
		value, err := decodeStorable(data[name], name)
		if err != nil {
			return nil, nil, err
		}
		object, ok := value.(map[string]any)
		if !ok {
			return nil, nil, onboarding.WrongType(name, "an object")
		}
		if err := checkShape(object, reflect.TypeFor[medium](), name); err != nil {
			return nil, nil, err
		}
		stored := encoded(object)
		if address, _ := object["url"].(string); len(stored) > maxMediumBytes && len(address) > maxMediumBytes/2 {
			object["url"] = ""
			stored, shortened = encoded(object), append(shortened, name)
		}
		if len(stored) > maxMediumBytes {
			return nil, nil, refused(name, "too_large", "This is too large; send at most 64 KiB.")
		}
		if media == nil {
			media = onboarding.PersonaMedia{}
		}
		media[name] = stored
	}
	return media, shortened, nil
}
