/** The commands' names, as package.json has them. */
export const COMMANDS = {
  benchmark: 'matmulLens.benchmark',
  showResults: 'matmulLens.showResults',
  cancelRace: 'matmulLens.cancelRace',
  convertToJax: 'matmulLens.convertToJax',
  insertConversion: 'matmulLens.insertConversion',
  saveConversion: 'matmulLens.saveConversion',
  copyConversion: 'matmulLens.copyConversion',
  previewFix: 'matmulLens.previewFix',
  previewSource: 'matmulLens.previewSource',
  showSuggestion: 'matmulLens.showSuggestion',
  selectInterpreter: 'matmulLens.selectInterpreter',
  createJaxEnvironment: 'matmulLens.createJaxEnvironment',
  resetConsent: 'matmulLens.resetConsent',
  showLog: 'matmulLens.showLog',
  showMethod: 'matmulLens.showMethod',
} as const;
