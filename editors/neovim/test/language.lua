-- What a person does while writing a Dockerfile in Neovim: completes a word, renames a stage, reads the outline, formats.
--
--   PLIMSOLL_BIN=path/to/plimsoll nvim --clean --headless -l language.lua
--
-- Exits with 1 and a sentence at the first thing that isn't as it should be. Every wait is for a condition.

local LIMIT_MS = 15000

local here = vim.fs.dirname(vim.fs.abspath(vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p')))
local binary = vim.env.PLIMSOLL_BIN or 'plimsoll'

local before = {
  'from node:22 AS deps',
  'RUN echo "안녕 😀" hello',
  'FROM deps',
  'COPY --from=deps /a /b',
  'RUN --mount=type=ca',
}

local function check(condition, message, ...)
  if not condition then
    io.stderr:write('language.lua: ', message:format(...), '\n')
    os.exit(1)
  end
  return condition
end

local function await(what, probe)
  check(vim.wait(LIMIT_MS, probe, 10), 'waited %d s in vain for %s', LIMIT_MS / 1000, what)
end

local function lines()
  return vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local function ask(method, params)
  params.textDocument = { uri = vim.uri_from_bufnr(0) }
  local answers = vim.lsp.buf_request_sync(0, method, params, LIMIT_MS)
  for _, answer in pairs(answers or {}) do
    check(not answer.err, '%s: %s', method, vim.inspect(answer.err))
    return answer.result
  end
  check(false, 'no answer to %s', method)
end

vim.cmd('filetype on')
vim.opt.runtimepath:append(vim.fs.dirname(here))
vim.lsp.config('plimsoll', { cmd = { binary, 'lsp' } })
vim.lsp.enable('plimsoll')
local folder = vim.fn.tempname()
vim.fn.mkdir(folder, 'p')
vim.fn.writefile(before, folder .. '/Dockerfile')
vim.cmd.edit(folder .. '/Dockerfile')
await('plimsoll to attach', function()
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'plimsoll' })[1]
  return client and client.initialized
end)

local list = ask('textDocument/completion', { position = { line = 4, character = 19 } })
local labels = vim.tbl_map(function(item)
  return item.label
end, list.items or list)
check(vim.list_contains(labels, 'cache'), 'the types of a mount are %s', vim.inspect(labels))

vim.api.nvim_win_set_cursor(0, { 1, 17 })
vim.lsp.buf.rename('modules')
await('the stage to be renamed', function()
  return lines()[4] == 'COPY --from=modules /a /b'
end)
check(lines()[1] == 'from node:22 AS modules' and lines()[3] == 'FROM modules', 'renamed: %s', vim.inspect(lines()))

local outline = ask('textDocument/documentSymbol', {})
check(#outline == 2 and outline[1].name == 'modules', 'the outline is %s', vim.inspect(outline))
check(#ask('textDocument/semanticTokens/full', {}).data > 0, 'there are no colours')
check(#ask('textDocument/foldingRange', {}) > 0, 'nothing folds')

vim.lsp.buf.format({ async = false, timeout_ms = LIMIT_MS })
check(lines()[1] == 'FROM node:22 AS modules', 'formatted: %s', lines()[1])
check(lines()[2] == before[2], 'formatting changed what runs: %s', lines()[2])
io.write('  completed, renamed, outlined, coloured, folded and formatted\n')
