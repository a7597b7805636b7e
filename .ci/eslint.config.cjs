// The components run in the browser, as plain scripts.
const js = require("@eslint/js");
const globals = require("globals");

module.exports = [
  { ignores: ["assets/vendor/**"] },
  js.configs.recommended,
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: 2022, sourceType: "script", globals: globals.browser },
    rules: {
      eqeqeq: "error",
      "max-len": [
        "error",
        { code: 100, ignoreRegExpLiterals: true, ignoreStrings: true, ignoreTemplateLiterals: true },
      ],
      "no-control-regex": "off", // control characters are what such patterns look for
      "no-var": "error",
      "prefer-const": "error",
    },
  },
];
