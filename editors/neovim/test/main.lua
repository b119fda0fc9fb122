-- What a person sees who opens a single-stage Next.js Dockerfile in Neovim and converts it.
--
--   PLIMSOLL_BIN=path/to/plimsoll nvim --clean --headless -l main.lua
--
-- Works on a copy of the fixture in Neovim's own temporary folder. Exits with 1 and a sentence at the first thing
-- that isn't as it should be.

local t = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'support.lua'))

-- Findings that the fixture has, and on which line a person sees them (1-based; 0 where any line will do).
local expected = {
  { 'single-stage-next-image', 0 },
  { 'dockerignore-missing', 0 },
  { 'no-non-root-user', 0 },
  { 'package-manager-cache-mount', 9 },
  { 'node-cmd-npm', 21 },
}

local function contains(name, text, wanted)
  for _, piece in ipairs(wanted) do
    t.check(text:find(piece, 1, true), '%s lacks %q after the conversion:\n%s', name, piece, text)
  end
end

---What the conversion must have made of the project on disk.
local function check_project(project, before)
  local dockerfile = t.read(project .. '/Dockerfile')
  contains('Dockerfile', dockerfile, {
    'AS builder',
    '/.next/standalone',
    '/.next/static',
    '/public',
    'HOSTNAME=0.0.0.0',
    'USER node',
    'EXPOSE 3000',
    'CMD ["node", "server.js"]',
  })
  local _, stages = ('\n' .. dockerfile):gsub('\nFROM ', '')
  t.check(stages == 2, 'the Dockerfile has %d stages, two were due:\n%s', stages, dockerfile)
  -- the user's lines up to the build, but for the name that the stage was given
  local build = 'RUN npm run build\n'
  local kept = before.Dockerfile:sub(1, select(2, before.Dockerfile:find(build, 1, true)))
  local now = dockerfile:sub(1, select(2, dockerfile:find(build, 1, true)) or 0):gsub('(FROM [^\n]-) AS builder', '%1', 1)
  t.check(now == kept, 'the lines up to the build changed. Before:\n%s\nafter:\n%s', kept, now)
  for comment in before.Dockerfile:gmatch('(#[^\n]*)\n') do
    contains('Dockerfile', dockerfile, { comment })
  end

  local config = t.read(project .. '/next.config.ts')
  t.check(config:find('output:%s*"standalone"'), 'next.config.ts lacks output: "standalone":\n%s', config)
  local rest = config:gsub('%s*output:%s*"standalone",', '', 1)
  t.check(rest == before.config, 'next.config.ts changed beyond its output:\n%s', config)

  contains('.dockerignore', t.read(project .. '/.dockerignore'), { 'node_modules', '.next' })
end

local function main()
  local exit
  vim.lsp.config('plimsoll', {
    on_exit = function(code, signal)
      exit = { code = code, signal = signal }
    end,
  })
  vim.lsp.enable('plimsoll')

  local project = t.copy_project()
  local before = { Dockerfile = t.read(project .. '/Dockerfile'), config = t.read(project .. '/next.config.ts') }
  local bufnr = t.open(project .. '/Dockerfile')
  local client = t.attach(bufnr)
  t.check(client.root_dir == project, 'the root is %s, not the project %s', tostring(client.root_dir), project)
  t.step(('attached: %s, positions in %s'):format(
    client.server_info and (client.server_info.name .. ' ' .. (client.server_info.version or '')) or 'unnamed',
    client.offset_encoding
  ))

  for _, want in ipairs(expected) do
    t.await(('the finding %s on line %d'):format(want[1], want[2]), function()
      return t.has(bufnr, want[1], want[2])
    end, function()
      return 'there are:\n    ' .. t.shown(bufnr)
    end)
  end
  local seen = {}
  for _, d in ipairs(vim.diagnostic.get(bufnr)) do
    local key = ('%s at %d:%d'):format(d.code, d.lnum + 1, d.col + 1)
    t.check(not seen[key], 'the finding %s is shown twice: pushed and pulled?', key)
    seen[key] = true
  end
  t.step(('%d findings, each once'):format(#vim.diagnostic.get(bufnr)))

  t.go_to('RUN npm ci')
  local text = t.window_of('a hover on RUN npm ci', vim.lsp.buf.hover):lower()
  for _, wanted in ipairs({ 'node_modules', "npm's cache", 'final image', '**survives** a change of `app/page.tsx`' }) do
    t.check(text:find(wanted, 1, true), 'the hover on RUN npm ci does not say %q:\n%s', wanted, text)
  end
  t.step('hover on RUN npm ci speaks of node_modules, the cache and the sources')

  local hints = t.await('inlay hints', function()
    local answers = vim.lsp.buf_request_sync(bufnr, 'textDocument/inlayHint', {
      textDocument = vim.lsp.util.make_text_document_params(bufnr),
      range = { start = { line = 0, character = 0 }, ['end'] = { line = 1000, character = 0 } },
    }, t.LIMIT_MS)
    local answer = answers and answers[client.id]
    return answer and answer.result and #answer.result > 0 and answer.result
  end)
  local build = vim.iter(hints):find(function(hint)
    return hint.position.line + 1 == t.line_with(bufnr, 'RUN npm run build')
  end)
  t.check(build and build.label:find('runs again with any file', 1, true), 'the hints are %s', vim.inspect(hints))
  t.step(('%d hints; the build says "%s"'):format(#hints, build.label))

  local shown_page
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.open = function(path)
    shown_page = path
  end
  vim.cmd.PlimsollPicture()
  local page = t.read(t.await('the picture', function()
    return shown_page
  end))
  t.check(page:find('<svg', 1, true) and page:find('RUN npm ci', 1, true), 'the page is no picture:\n%s', page)
  t.step('the picture opens as a page')

  -- The configuration is open and changed but not saved: the edit must land in the text on the screen.
  local config = t.open(project .. '/next.config.ts')
  t.await('next.config.ts to be shown to the server', function()
    return client.attached_buffers[config]
  end)
  vim.api.nvim_buf_set_lines(config, 0, 0, false, { '// 항구의 설정', '' })
  before.config = t.text_of(config)
  t.check(#vim.diagnostic.get(config) == 0, 'next.config.ts has findings:\n    %s', t.shown(config))
  vim.api.nvim_set_current_buf(bufnr)

  t.go_to('RUN npm run build')
  local title = t.choose('multi-stage')
  vim.lsp.buf.code_action({ context = { only = { 'refactor.rewrite' }, diagnostics = {} } })
  title = title()
  t.await('the conversion to change the Dockerfile', function()
    return t.text_of(bufnr) ~= before.Dockerfile
  end)
  t.step(('applied "%s"'):format(title))
  vim.cmd('silent wall')
  check_project(project, before)
  t.step('Dockerfile, next.config.ts and .dockerignore changed on disk, the comments kept')

  t.await('the findings of the converted file', function()
    return not t.has(bufnr, 'single-stage-next-image', 0)
  end, function()
    return 'there are:\n    ' .. t.shown(bufnr)
  end)
  for _, d in ipairs(vim.diagnostic.get(bufnr)) do
    t.check(d.severity ~= vim.diagnostic.severity.ERROR, 'the converted file has errors:\n    %s', t.shown(bufnr))
  end
  t.check(vim.lsp.get_clients({ bufnr = bufnr })[1] == client and not client:is_stopped(), 'the server went away')
  for _, notice in ipairs(t.notices) do
    t.check((notice.level or 0) < vim.log.levels.WARN, 'Neovim complained: %s', notice.message)
  end
  t.step('no errors in the converted file')

  client:stop()
  t.await('the server to end', function()
    return exit
  end)
  t.check(exit.code == 0, 'the server ended with code %d, signal %d', exit.code, exit.signal)
  t.step('the server ended with 0')
end

t.run('the conversion', main)
