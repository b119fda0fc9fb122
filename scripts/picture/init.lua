-- The editor of the pictures: Neovim with what it brings, Plimsoll's configuration and nothing else.
-- scripts/picture/make starts it in a copy of the fixture. PICTURE names the scene.

local setup = vim.env.PICTURE_SETUP -- editors/neovim of the repository

vim.o.termguicolors = true
vim.o.background = 'dark'
vim.cmd.colorscheme('default')
for group, look in pairs({
  Statement = { fg = 'NvimLightBlue', bold = true },
  Special = { fg = 'NvimLightCyan' },
  NormalFloat = { bg = '#1b1e25' },
  FloatBorder = { fg = 'NvimLightGrey4', bg = '#1b1e25' },
  StatusLine = { fg = 'NvimLightGrey4', bg = 'NvimDarkGrey3' },
  WinSeparator = { fg = 'NvimDarkGrey4' },
  WinBar = { fg = 'NvimLightGrey2', bg = 'NvimDarkGrey3', bold = true },
  WinBarNC = { fg = 'NvimLightGrey2', bg = 'NvimDarkGrey3', bold = true },
  PictureAdded = { bg = '#12301f' },
  PictureAddedSign = { fg = '#3fb96b' },
  PictureRemoved = { fg = '#c98d92', bg = '#33191d' },
  PictureRemovedSign = { fg = '#d8646e' },
}) do
  vim.api.nvim_set_hl(0, group, look)
end
vim.o.number = true
vim.o.numberwidth = 4
vim.o.signcolumn = 'yes:1'
vim.o.cursorline = true
vim.o.wrap = false
vim.o.linebreak = true
vim.o.swapfile = false
vim.o.shadafile = 'NONE'
vim.o.cmdheight = 0
vim.o.laststatus = 3
vim.o.showmode = false
vim.o.showcmd = false
vim.o.ruler = false
vim.o.more = false
vim.opt.shortmess:append('IFWcs')
vim.opt.fillchars = { eob = ' ', vert = '│' }

---The head of a message: its first clause, which says what is wrong. The rest, why it matters, is a keystroke away.
local function head(message)
  local stop = #message + 1
  for _, mark in ipairs({ ', so ', ', and ', ': ' }) do
    stop = math.min(stop, message:find(mark, 1, true) or stop)
  end
  return message:sub(1, stop - 1)
end

vim.diagnostic.config({
  severity_sort = true,
  underline = true,
  signs = {
    text = {
      [vim.diagnostic.severity.ERROR] = '●',
      [vim.diagnostic.severity.WARN] = '●',
      [vim.diagnostic.severity.INFO] = '●',
      [vim.diagnostic.severity.HINT] = '●',
    },
  },
  virtual_text = {
    spacing = 3,
    prefix = '',
    -- a hint speaks up where the cursor is; elsewhere its sign and its underline do
    format = function(diagnostic)
      local hint = diagnostic.severity == vim.diagnostic.severity.HINT
      if hint and diagnostic.lnum + 1 ~= vim.api.nvim_win_get_cursor(0)[1] then
        return nil
      end
      return head(diagnostic.message)
    end,
  },
})

function _G.picture_status()
  local count = vim.diagnostic.count(0)
  local names = { 'error', 'warning', 'info', 'hint' }
  local parts = {}
  for severity, name in ipairs(names) do
    local n = count[severity]
    if n then
      table.insert(parts, ('%d %s%s'):format(n, name, (n == 1 or name == 'info') and '' or 's'))
    end
  end
  local client = vim.lsp.get_clients({ bufnr = 0, name = 'plimsoll' })[1]
  return (' %s%%= %s%s %%l:%%c '):format(
    vim.fn.expand('%:.'),
    client and 'plimsoll: ' or '',
    #parts > 0 and table.concat(parts, ', ') .. '   ' or (client and 'nothing found   ' or '')
  )
end
vim.o.statusline = '%!v:lua.picture_status()'

vim.opt.runtimepath:prepend(setup)
vim.cmd('filetype on')
vim.cmd('syntax on')
vim.lsp.config('plimsoll', { cmd = { vim.env.PLIMSOLL_BIN, 'lsp' } })
vim.lsp.enable('plimsoll')

local function fail(message)
  io.stderr:write(message, '\n')
  vim.cmd('cquit 1')
end

---Calls `next_step` as soon as `probe` returns something true; gives up after 30 seconds.
local function when(what, probe, next_step)
  local deadline = vim.uv.now() + 30000
  local function look()
    if probe() then
      next_step()
    elseif vim.uv.now() > deadline then
      fail('waited in vain for ' .. what)
    else
      vim.defer_fn(look, 50)
    end
  end
  look()
end

local function found(code)
  return function()
    return vim.iter(vim.diagnostic.get(0)):any(function(d)
      return d.code == code
    end)
  end
end

---Puts the cursor at the start of `text`'s line, `offset` bytes into it.
local function go_to(text, offset)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    if line == text then
      vim.api.nvim_win_set_cursor(0, { number, offset })
      return
    end
  end
  fail('the Dockerfile has no line ' .. text)
end

local scenes = {}

---K on the line that installs the packages.
function scenes.hover()
  when('the findings', found('single-stage-next-image'), function()
    go_to('RUN npm ci', 4)
    vim.diagnostic.show()
    vim.lsp.buf.hover({ border = 'rounded', max_width = 60, offset_x = 36 })
  end)
end

---Marks what is new in a buffer, and shows above it what it took the place of.
local function mark_changes(bufnr, before)
  local after = vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)
  local space = vim.api.nvim_create_namespace('picture')
  local text = function(lines)
    return #lines == 0 and '' or table.concat(lines, '\n') .. '\n'
  end
  local hunks = vim.text and vim.text.diff or vim.diff
  for _, hunk in ipairs(hunks(text(before), text(after), { result_type = 'indices', algorithm = 'histogram' })) do
    local old_start, old_count, new_start, new_count = unpack(hunk)
    local removed = {}
    for number = old_start, old_start + old_count - 1 do
      -- as wide as a window gets, so that the colour reaches its edge
      table.insert(removed, { { before[number] .. (' '):rep(200), 'PictureRemoved' } })
    end
    if #removed > 0 then
      vim.api.nvim_buf_set_extmark(bufnr, space, math.max(new_start - 1, 0), 0, {
        virt_lines = removed,
        virt_lines_above = true,
      })
    end
    for number = new_start, new_start + new_count - 1 do
      vim.api.nvim_buf_set_extmark(bufnr, space, number - 1, 0, {
        line_hl_group = 'PictureAdded',
        sign_text = '┃',
        sign_hl_group = 'PictureAddedSign',
        priority = 200,
      })
    end
  end
end

---The conversion, picked from the code actions, and the files that it changed.
function scenes.convert()
  local function read(path)
    return vim.fn.filereadable(path) == 1 and vim.fn.readfile(path) or {}
  end
  local files = { 'Dockerfile', 'next.config.ts', '.dockerignore' }
  local before = {}
  for _, path in ipairs(files) do
    before[path] = read(path)
  end
  local dockerfile = vim.api.nvim_get_current_buf()
  local function convert()
    go_to('RUN npm run build', 0)
    vim.lsp.buf.code_action({
      context = { only = { 'refactor.rewrite' }, diagnostics = {} },
      filter = function(action)
        return not action.disabled and action.title:lower():find('multi%-stage') ~= nil
      end,
      apply = true,
    })
  end
  local function show()
    vim.cmd('silent wall')
    vim.cmd('only')
    vim.api.nvim_set_current_buf(dockerfile)
    local left = vim.api.nvim_get_current_win()
    vim.cmd('rightbelow 48vsplit next.config.ts')
    vim.cmd('rightbelow 5split .dockerignore')
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      vim.wo[window].winbar = ' %t'
      vim.wo[window].cursorline = false
    end
    vim.api.nvim_set_current_win(left)
    for _, path in ipairs(files) do
      mark_changes(vim.fn.bufadd(path), before[path])
    end
    go_to('FROM node:20-alpine AS runner', 0)
  end
  when('the findings', found('single-stage-next-image'), function()
    convert()
    when('the conversion', function()
      return not vim.deep_equal(before.Dockerfile, vim.api.nvim_buf_get_lines(dockerfile, 0, -1, false))
    end, function()
      when('the findings of the converted file', function()
        return not found('single-stage-next-image')()
      end, show)
    end)
  end)
end

vim.api.nvim_create_autocmd('VimEnter', {
  callback = function()
    local scene = scenes[vim.env.PICTURE or '']
    if not scene then
      fail('PICTURE names no scene: ' .. tostring(vim.env.PICTURE))
    else
      vim.schedule(scene)
    end
  end,
})
