-- What a person does while reading and changing a Dockerfile in Neovim: each feature by Neovim's own function for it.
--
--   PLIMSOLL_BIN=path/to/plimsoll nvim --clean --headless -l language.lua
--
-- Exits with 1 and a sentence at the first thing that isn't as it should be.

local t = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'support.lua'))

local text = {
  '# syntax=docker/dockerfile:1',
  'from node:22 AS deps',
  'ENV NAME=값',
  'RUN echo "안녕 😀" hello $NAME && \\',
  '    npm ci',
  'FROM deps AS last',
  'COPY --from=deps /a /b',
  'COPY <<EOF /c',
  'one',
  'EOF',
}

local function words_at(item)
  local line = t.lines_of(item.bufnr ~= 0 and item.bufnr or 0)[item.lnum]
  return line and line:sub(item.col, (item.end_col or 0) > 0 and item.end_col - 1 or nil)
end

---Runs what fills the quickfix list (or the window's own list) and returns its entries.
local function listed(what, action, own)
  local get = own and function()
    return vim.fn.getloclist(0)
  end or vim.fn.getqflist
  vim.fn.setqflist({}, 'r')
  vim.fn.setloclist(0, {}, 'r')
  local window = vim.api.nvim_get_current_win()
  action()
  local found = t.await(what, function()
    return #get() > 0 and get()
  end)
  vim.api.nvim_set_current_win(window)
  vim.cmd('cclose | lclose')
  return found
end

local function finding_and_fix(bufnr)
  t.await('a finding', function()
    return t.has(bufnr, 'instruction-casing', 2)
  end, function()
    return t.shown(bufnr)
  end)
  vim.api.nvim_win_set_cursor(0, { 2, 1 })
  local choice = t.choose('change to `from`')
  vim.lsp.buf.code_action()
  local picked, offered = choice()
  t.await('the fix: ' .. picked, function()
    return vim.startswith(t.lines_of(bufnr)[2], 'FROM ')
  end, function()
    return t.text_of(bufnr) .. vim.inspect(offered)
  end)
  t.await('the finding to go', function()
    return not t.has(bufnr, 'instruction-casing', 2)
  end)
  t.step(('fixed a finding with "%s"'):format(picked))
end

local function names(bufnr)
  t.go_to('deps', 3)
  vim.lsp.buf.definition()
  t.await('the declaration', function()
    return vim.deep_equal(vim.api.nvim_win_get_cursor(0), { 2, 16 })
  end, function()
    return vim.inspect(vim.api.nvim_win_get_cursor(0))
  end)
  local references = listed('the references', vim.lsp.buf.references)
  t.check(#references == 3, 'the references are %s', vim.inspect(references))
  for _, one in ipairs(references) do
    t.check(words_at(one):find('^deps'), 'a reference is %s', vim.inspect(one))
  end
  t.step('went to a declaration and listed its places')

  t.go_to('NAME', 2)
  vim.lsp.buf.document_highlight()
  local namespace = t.await('the highlights', function()
    local all = vim.api.nvim_get_namespaces()
    local found = all['nvim.lsp.references'] or all['nvim.lsp.document_highlight']
    return found and #vim.api.nvim_buf_get_extmarks(bufnr, found, 0, -1, {}) > 0 and found
  end)
  local marks = vim.api.nvim_buf_get_extmarks(bufnr, namespace, 0, -1, {})
  t.check(#marks == 2, 'the highlights are %s', vim.inspect(marks))
  vim.lsp.buf.clear_references()
  t.step('highlighted a variable, past 한글 and an emoji')

  -- Asked without a name, it first asks the server whether there is one, and offers it.
  t.go_to('deps', 1)
  local offered
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.input = function(opts, on_confirm)
    offered = opts.default
    on_confirm('modules')
  end
  vim.lsp.buf.rename()
  t.await('the stage to be renamed', function()
    return t.lines_of(bufnr)[7] == 'COPY --from=modules /a /b'
  end)
  t.check(offered == 'deps', 'the name offered is %s', vim.inspect(offered))
  t.check(t.lines_of(bufnr)[2] == 'FROM node:22 AS modules', 'renamed: %s', t.text_of(bufnr))
  t.check(t.lines_of(bufnr)[6] == 'FROM modules AS last', 'renamed: %s', t.text_of(bufnr))
  t.step('renamed a stage')
end

local function calls_and_symbols(bufnr)
  t.go_to('modules', 1)
  local calling = listed('the stages that take from it', vim.lsp.buf.incoming_calls)
  t.check(vim.iter(calling):any(function(one)
    return one.text:find('last', 1, true)
  end), 'called by %s', vim.inspect(calling))
  t.go_to('last')
  local called = listed('the stages that it takes from', vim.lsp.buf.outgoing_calls)
  t.check(vim.iter(called):any(function(one)
    return one.text:find('modules', 1, true)
  end), 'calls %s', vim.inspect(called))
  local outline = listed('the outline', vim.lsp.buf.document_symbol, true)
  t.check(vim.iter(outline):any(function(one)
    return one.text:find('modules', 1, true) and one.lnum == 2
  end), 'the outline is %s', vim.inspect(outline))
  local found = listed('the stages of the workspace', function()
    vim.lsp.buf.workspace_symbol('las')
  end)
  t.check(found[1].lnum == 6, 'the symbols are %s', vim.inspect(found))
  t.step('listed calls between stages, the outline, and a symbol of the workspace')

  vim.wo.foldmethod = 'expr'
  vim.wo.foldexpr = 'v:lua.vim.lsp.foldexpr()'
  t.await('folds', function()
    return vim.fn.foldlevel(5) > 0 and vim.fn.foldlevel(9) > 0
  end)
  vim.wo.foldmethod = 'manual'
  vim.cmd('normal! zE')
  t.step('folded a continuation and a heredoc')
end

local function colours(bufnr)
  local at = t.await('colours', function()
    local tokens = vim.lsp.semantic_tokens.get_at_pos(bufnr, 1, 0)
    return tokens and tokens[1]
  end)
  t.check(at.type == 'keyword', 'FROM is coloured as %s', vim.inspect(at))
  local column = t.lines_of(bufnr)[4]:find('$NAME', 1, true)
  local variable = vim.lsp.semantic_tokens.get_at_pos(bufnr, 3, column)
  t.check(variable and variable[1] and variable[1].type == 'variable', '$NAME is coloured as %s', vim.inspect(variable))
  t.step('coloured instructions, and a variable in a shell command')
end

local function hints_and_lenses(bufnr)
  vim.lsp.inlay_hint.enable(true, { bufnr = bufnr })
  t.await('inlay hints', function()
    return #vim.lsp.inlay_hint.get({ bufnr = bufnr }) > 0
  end)
  vim.lsp.codelens.refresh({ bufnr = bufnr })
  local lenses = t.await('code lenses', function()
    local found = vim.lsp.codelens.get(bufnr)
    return #found > 0 and found
  end)
  local page
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.open = function(path)
    page = path
  end
  vim.api.nvim_win_set_cursor(0, { lenses[1].range.start.line + 1, 0 })
  t.choose('')
  vim.lsp.codelens.run()
  t.await('the picture that the lens leads to', function()
    return page
  end)
  t.check(t.read(page):find('<svg', 1, true), 'the page is no picture')
  t.step('showed hints and lenses, and a lens led to the picture')
end

local function help(bufnr)
  vim.api.nvim_win_set_cursor(0, { 7, 6 })
  local form = t.window_of('the form of COPY', vim.lsp.buf.signature_help)
  t.check(form:find('COPY', 1, true), 'the form is %s', form)
  local flag = t.window_of('a hover on a flag', vim.lsp.buf.hover)
  t.check(#flag > 20, 'the hover is %s', flag)
  t.step('showed the form of an instruction and what a flag means')
  return bufnr
end

local function formatting(bufnr)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, { 'from node:22', 'run  echo 😀', 'copy  a  b' })
  vim.lsp.buf.format({
    async = false,
    timeout_ms = t.LIMIT_MS,
    range = { start = { 3, 0 }, ['end'] = { 3, 10 } },
  })
  t.check(t.text_of(bufnr) == 'from node:22\nrun  echo 😀\nCOPY a b\n', 'a line formatted: %s', t.text_of(bufnr))
  vim.lsp.buf.format({ async = false, timeout_ms = t.LIMIT_MS })
  t.check(t.text_of(bufnr) == 'FROM node:22\nRUN echo 😀\nCOPY a b\n', 'formatted: %s', t.text_of(bufnr))
  t.step('formatted some lines and the file')
end

---What only a newer Neovim has, and what none has: the server is asked itself.
local function beyond(bufnr)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, { 'FROM node:22', 'COPY <<EOF /a', 'x', 'EOF' })
  local linked = t.ask('textDocument/linkedEditingRange', { position = { line = 1, character = 8 } })
  t.check(linked and #linked.ranges == 2, 'the linked ranges are %s', vim.inspect(linked))
  local grown = t.ask('textDocument/selectionRange', { positions = { { line = 1, character = 8 } } })
  t.check(grown[1].parent, 'the selections are %s', vim.inspect(grown))
  local links = t.ask('textDocument/documentLink', {})
  t.check(links[1].target == 'https://hub.docker.com/_/node', 'the links are %s', vim.inspect(links))
  local newer = vim.fn.has('nvim-0.12') == 1
  if newer then
    vim.api.nvim_win_set_cursor(0, { 2, 8 })
    vim.lsp.buf.selection_range(1)
    t.await('a selection', function()
      return vim.api.nvim_get_mode().mode == 'v'
    end)
    vim.cmd.normal({ '\27', bang = true })
    t.step('selected what stands at the cursor')
  else
    t.step('asked the server for what Neovim 0.12 shows: linked names, growing selections; and for links')
  end
end

---A .dockerignore beside the Dockerfile has findings and hovers of its own.
local function ignores(folder)
  t.write(folder .. '/notes.md', 'text')
  t.write(folder .. '/.dockerignore', '*.md\nno-such-thing\n')
  local bufnr = t.open(folder .. '/.dockerignore')
  t.await('a pattern that matches nothing to be found', function()
    return #vim.diagnostic.get(bufnr, { lnum = 1 }) > 0
  end)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  local hover = t.window_of('what a pattern leaves out', vim.lsp.buf.hover)
  t.check(hover:find('1 file', 1, true), 'the hover is %s', hover)
  t.step('found a pattern that matches nothing, and said what the other one leaves out')
  vim.api.nvim_win_set_cursor(0, { 2, 0 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title:find('Delete `no-such-thing`', 1, true) ~= nil
    end,
  })
  t.await('the pattern to be deleted', function()
    return t.text_of(bufnr) == '*.md\n'
  end)
  t.step('deleted the pattern by a quick fix')
end

local function main()
  local folder = vim.fn.tempname()
  vim.fn.mkdir(folder .. '/.git', 'p')
  t.write(folder .. '/Dockerfile', table.concat(text, '\n') .. '\n')
  vim.lsp.enable('plimsoll')
  local bufnr = t.open(folder .. '/Dockerfile')
  t.attach(bufnr)
  finding_and_fix(bufnr)
  names(bufnr)
  calls_and_symbols(bufnr)
  colours(bufnr)
  hints_and_lenses(bufnr)
  help(bufnr)
  formatting(bufnr)
  beyond(bufnr)
  ignores(folder)
  for _, notice in ipairs(t.notices) do
    t.check((notice.level or 0) < vim.log.levels.WARN, 'Neovim complained: %s', notice.message)
  end
end

t.run('reading and changing', main)
